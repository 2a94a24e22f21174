package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.DType;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Batch normalisation over all axes but the last, and the LeakyReLU behind it; Ioffe and Szegedy
 * 2015, <a href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>.
 */
public final class BatchNorm {
  private BatchNorm() {}

  /**
   * A normalised batch and the statistics it was normalised by.
   *
   * @param y of the input's shape
   * @param mean {@code [channels]}, without history
   * @param variance {@code [channels]}, the biased one, without history
   */
  public record Normalised(Tensor y, Tensor mean, Tensor variance) {}

  /**
   * {@code scale (x - mean) / sqrt(variance + epsilon) + shift} by the batch's own statistics.
   *
   * @param x {@code [..., channels]}
   * @param scale {@code [channels]}
   * @param shift {@code [channels]}
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static Normalised batchNorm(Tensor x, Tensor scale, Tensor shift, float epsilon) {
    return batchNorm(x, scale, shift, epsilon, 1);
  }

  /**
   * As {@link #batchNorm(Tensor, Tensor, Tensor, float)}, then {@code z > 0 ? z : slope z} in the
   * same kernel.
   *
   * @param slope 0 for ReLU, 1 for no activation
   * @throws IllegalArgumentException if the shapes do not fit together or the slope is negative
   */
  public static Normalised batchNorm(
      Tensor x, Tensor scale, Tensor shift, float epsilon, float slope) {
    int channels = requireChannels(x, scale, shift);
    requireSlope(slope);
    long rows = x.elements() / channels;
    var kernels = x.device().norm();
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    Tensor mean = statistic(x, channels);
    Tensor variance = statistic(x, channels);
    kernels.batchNormForward(
        rows,
        channels,
        epsilon,
        slope,
        x.buffer(),
        scale.buffer(),
        shift.buffer(),
        y.buffer(),
        mean.buffer(),
        variance.buffer());
    Tensor made =
        y.madeBy(
            "batch_norm",
            List.of(x, scale, shift),
            (dy, gradients) -> {
              Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
              Tensor dscale = statistic(x, channels);
              Tensor dshift = statistic(x, channels);
              kernels.batchNormBackward(
                  rows,
                  channels,
                  epsilon,
                  slope,
                  x.buffer(),
                  scale.buffer(),
                  shift.buffer(),
                  mean.buffer(),
                  variance.buffer(),
                  y.buffer(),
                  dy.buffer(),
                  dx.buffer(),
                  dscale.buffer(),
                  dshift.buffer());
              gradients.to(x, () -> dx);
              gradients.to(scale, () -> dscale);
              gradients.to(shift, () -> dshift);
            });
    return new Normalised(made, mean, variance);
  }

  /**
   * As {@link #batchNorm(Tensor, Tensor, Tensor, float)}, by given statistics, which are constants
   * here.
   *
   * @param mean {@code [channels]}
   * @param variance {@code [channels]}
   */
  public static Tensor batchNormInference(
      Tensor x, Tensor scale, Tensor shift, Tensor mean, Tensor variance, float epsilon) {
    return batchNormInference(x, scale, shift, mean, variance, epsilon, 1);
  }

  /**
   * As {@link #batchNorm(Tensor, Tensor, Tensor, float, float)}, by given statistics, which are
   * constants here.
   *
   * @param mean {@code [channels]}
   * @param variance {@code [channels]}
   */
  public static Tensor batchNormInference(
      Tensor x,
      Tensor scale,
      Tensor shift,
      Tensor mean,
      Tensor variance,
      float epsilon,
      float slope) {
    int channels = requireChannels(x, scale, shift);
    requireSlope(slope);
    requireChannels(channels, x, "mean", mean, "variance", variance);
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    x.device()
        .norm()
        .batchNormInference(
            x.elements() / channels,
            channels,
            epsilon,
            slope,
            x.buffer(),
            scale.buffer(),
            shift.buffer(),
            mean.buffer(),
            variance.buffer(),
            y.buffer());
    return y.madeBy(
        "batch_norm_inference",
        List.of(x, scale, shift),
        (dy, gradients) -> {
          Tensor deviation = Unary.sqrt(Unary.linear(variance, 1, epsilon));
          Tensor dz = slope == 1 ? dy : Unary.throughLeakyRelu(dy, y, slope);
          gradients.to(x, () -> Binary.multiply(dz, Binary.divide(scale, deviation)));
          gradients.to(
              scale,
              () ->
                  sumOfRows(
                      Binary.multiply(dz, Binary.divide(Binary.subtract(x, mean), deviation))));
          gradients.to(shift, () -> sumOfRows(dz));
        });
  }

  private static Tensor sumOfRows(Tensor x) {
    var axes = Sum.allAxes(x);
    axes.remove(x.shape().rank() - 1);
    return Sum.sum(x, axes);
  }

  private static Tensor statistic(Tensor x, int channels) {
    DType type = x.type() == DType.BF16 ? DType.F32 : x.type();
    return Tensor.empty(x.device(), type, Shape.of(channels));
  }

  private static void requireSlope(float slope) {
    if (!(slope >= 0 && Float.isFinite(slope))) {
      throw new IllegalArgumentException(
          "batch_norm: the activation's slope is %s, expected at least 0 (1 for no activation)"
              .formatted(slope));
    }
  }

  private static int requireChannels(Tensor x, Tensor scale, Tensor shift) {
    int channels = x.shape().size(-1);
    requireChannels(channels, x, "scale", scale, "shift", shift);
    return channels;
  }

  private static void requireChannels(
      int channels, Tensor x, String first, Tensor a, String second, Tensor b) {
    Shape expected = Shape.of(channels);
    if (!a.shape().equals(expected) || !b.shape().equals(expected)) {
      throw new IllegalArgumentException(
          "batch_norm: input has %d channels (last axis of %s) but %s has shape %s and %s %s"
              .formatted(channels, x.shape(), first, a.shape(), second, b.shape()));
    }
  }
}
