package semigan.tensor.ops;

import java.util.List;
import semigan.tensor.RandomSource;
import semigan.tensor.Tensor;

/** Additive Gaussian noise. */
public final class Noise {
  private Noise() {}

  /**
   * {@code x} plus independent normals of mean 0 and the given standard deviation.
   *
   * @throws IllegalArgumentException if {@code deviation} is negative or not finite, or {@code x}
   *     holds integers or is on another device than {@code random}
   */
  public static Tensor noise(Tensor x, float deviation, RandomSource random) {
    if (!(deviation >= 0 && Float.isFinite(deviation))) {
      throw new IllegalArgumentException(
          "noise: the deviation must be 0 or more but is " + deviation);
    }
    Operands.requireOneDevice("noise", x, random);
    x.requireFloatingPoint("noise");
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    x.device()
        .random()
        .noise(random.nextKey(), random.offset().buffer(), 0, deviation, x.buffer(), y.buffer());
    return y.madeBy("noise", List.of(x), (dy, gradients) -> gradients.to(x, () -> dy));
  }
}
