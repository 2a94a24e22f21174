package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.AugmentGeometry;
import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Random changes of NHWC images through which gradients pass, for real and generated images alike
 * on their way to a discriminator: DiffAugment, Zhao et al. 2020, <a
 * href="https://arxiv.org/abs/2006.10738">arXiv:2006.10738</a>. What each draw does is written at
 * {@link AugmentGeometry}.
 */
public final class Augment {
  private Augment() {}

  /**
   * How far images are changed; 0 leaves a change out.
   *
   * @param brightness width of the range that what is added to an image comes from
   * @param saturation largest change of the factor on a pixel's differences from its mean; channels
   *     are alike, so that it does nothing to an image of one
   * @param contrast width of the range, around 1, of the factor on the differences from the image's
   *     mean
   * @param translation largest movement each way, as a share of the height and of the width; zeros
   *     come in
   * @param cutout height and width of the box that is set to 0, as a share of the image's
   */
  public record Strength(
      float brightness, float saturation, float contrast, float translation, float cutout) {
    /** Leaves images as they are. */
    public static final Strength NONE = new Strength(0, 0, 0, 0, 0);

    /** The paper's translation alone. */
    public static final Strength TRANSLATION = new Strength(0, 0, 0, 1 / 8f, 0);

    /** The paper's cutout alone. */
    public static final Strength CUTOUT = new Strength(0, 0, 0, 0, 1 / 2f);

    /** The paper's changes of colour alone. */
    public static final Strength COLOUR = new Strength(1, 1, 1, 0, 0);

    public Strength {
      notNegative("brightness", brightness);
      notNegative("saturation", saturation);
      notNegative("contrast", contrast);
      share("translation", translation);
      share("cutout", cutout);
    }

    /** What both do; strengths that both have add up. */
    public Strength and(Strength other) {
      return new Strength(
          brightness + other.brightness,
          saturation + other.saturation,
          contrast + other.contrast,
          translation + other.translation,
          cutout + other.cutout);
    }

    private AugmentGeometry on(Shape images) {
      int height = images.size(1);
      int width = images.size(2);
      return new AugmentGeometry(
          images.size(0),
          height,
          width,
          images.size(3),
          brightness,
          saturation,
          contrast,
          Math.round(translation * height),
          Math.round(translation * width),
          Math.round(cutout * height),
          Math.round(cutout * width));
    }

    private static void notNegative(String name, float value) {
      if (!(value >= 0 && Float.isFinite(value))) {
        throw new IllegalArgumentException(
            "augment: %s must be 0 or more but is %s; 0 leaves it out".formatted(name, value));
      }
    }

    private static void share(String name, float value) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(
            "augment: %s must be a share of the image in [0, 1] but is %s; 0 leaves it out"
                .formatted(name, value));
      }
    }
  }

  /**
   * Each image changed by draws of its own.
   *
   * @param x {@code [batch, height, width, channels]}
   * @return of {@code x}'s shape; {@code x} itself, with nothing drawn, for {@link Strength#NONE}
   * @throws IllegalArgumentException if {@code x} has another rank or holds integers, or is on
   *     another device than {@code random}
   */
  public static Tensor augment(Tensor x, Strength strength, RandomSource random) {
    if (x.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "augment: input must be [batch,height,width,channels] but has shape " + x.shape());
    }
    Operands.requireOneDevice("augment", x, random);
    x.requireFloatingPoint("augment");
    if (strength.equals(Strength.NONE)) {
      return x;
    }
    AugmentGeometry g = strength.on(x.shape());
    Tensor draws = random.uniform(DType.F32, Shape.of(g.batch(), AugmentGeometry.DRAWS), 0, 1);
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    x.device().augment().forward(g, draws.buffer(), x.buffer(), y.buffer());
    return y.madeBy(
        "augment",
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x,
                () -> {
                  Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
                  x.device().augment().backward(g, draws.buffer(), dy.buffer(), dx.buffer());
                  return dx;
                }));
  }
}
