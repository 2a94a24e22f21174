package semigan.tensor.ops;

import java.util.ArrayList;
import java.util.List;
import semigan.kernels.Buffer;
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
   * @param mean {@code [channels]}, without history; of several batches the first one's
   * @param variance {@code [channels]}, the biased one, without history; of several batches the
   *     first one's
   */
  public record Normalised(Tensor y, Tensor mean, Tensor variance) {}

  /**
   * {@code scale (x - mean) / sqrt(variance + epsilon) + shift} by the batch's own statistics.
   *
   * @param x {@code [..., channels]}
   * @param scale {@code [channels]}, F32 also where {@code x} is BF16
   * @param shift {@code [channels]}, likewise
   * @throws IllegalArgumentException if the shapes, types or devices do not fit together
   */
  public static Normalised batchNorm(Tensor x, Tensor scale, Tensor shift, float epsilon) {
    return batchNorm(x, scale, shift, epsilon, 1);
  }

  /**
   * As {@link #batchNorm(Tensor, Tensor, Tensor, float)}, then {@code z > 0 ? z : slope z} in the
   * same kernel.
   *
   * @param slope 0 for ReLU, 1 for no activation
   * @throws IllegalArgumentException if the shapes, types or devices do not fit together or the
   *     slope is negative
   */
  public static Normalised batchNorm(
      Tensor x, Tensor scale, Tensor shift, float epsilon, float slope) {
    int batch = x.shape().size(x.shape().axis("batch_norm", 0));
    return batchNorm(x, List.of(batch), scale, shift, epsilon, slope);
  }

  /**
   * As {@link #batchNorm(Tensor, Tensor, Tensor, float, float)}, for several batches one behind the
   * other, each by its own statistics.
   *
   * @param batches the size of each along the first axis, their sum that of {@code x}
   * @throws IllegalArgumentException if the shapes, types or devices do not fit together, the
   *     batches are not all of {@code x} or the slope is negative
   */
  public static Normalised batchNorm(
      Tensor x, List<Integer> batches, Tensor scale, Tensor shift, float epsilon, float slope) {
    int channels = requireChannels(x, scale, shift);
    requireSlope(slope);
    List<Batch> parts = parts(x, batches, channels);
    var kernels = x.device().norm();
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    for (Batch part : parts) {
      kernels.batchNormForward(
          part.rows(),
          channels,
          epsilon,
          slope,
          part.of(x),
          scale.buffer(),
          shift.buffer(),
          part.of(y),
          part.mean.buffer(),
          part.variance.buffer());
    }
    Tensor made =
        y.madeBy(
            "batch_norm",
            List.of(x, scale, shift),
            (dy, gradients) -> {
              Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
              for (Batch part : parts) {
                Tensor dscale = statistic(x, channels);
                Tensor dshift = statistic(x, channels);
                kernels.batchNormBackward(
                    part.rows(),
                    channels,
                    epsilon,
                    slope,
                    part.of(x),
                    scale.buffer(),
                    shift.buffer(),
                    part.mean.buffer(),
                    part.variance.buffer(),
                    part.of(y),
                    part.of(dy),
                    part.of(dx),
                    dscale.buffer(),
                    dshift.buffer());
                gradients.to(scale, () -> dscale);
                gradients.to(shift, () -> dshift);
              }
              gradients.to(x, () -> dx);
            });
    return new Normalised(made, parts.get(0).mean, parts.get(0).variance);
  }

  /** A batch among those that lie one behind the other: where, in elements, and its statistics. */
  private record Batch(long offset, long length, Tensor mean, Tensor variance) {
    Buffer of(Tensor tensor) {
      return tensor.buffer().slice(offset, length);
    }

    long rows() {
      return length / mean.elements();
    }
  }

  private static List<Batch> parts(Tensor x, List<Integer> batches, int channels) {
    int all = x.shape().size(0);
    if (batches.stream().anyMatch(size -> size < 1)
        || batches.stream().mapToLong(size -> size).sum() != all) {
      throw new IllegalArgumentException(
          "batch_norm: batches of %s, expected positive sizes that sum up to the %d of %s"
              .formatted(batches, all, x.shape()));
    }
    List<Batch> parts = new ArrayList<>();
    long offset = 0;
    for (int size : batches) {
      long length = x.elements() / all * size;
      parts.add(new Batch(offset, length, statistic(x, channels), statistic(x, channels)));
      offset += length;
    }
    return parts;
  }

  /**
   * As {@link #batchNorm(Tensor, Tensor, Tensor, float)}, by given statistics, which are constants
   * here.
   *
   * @param mean {@code [channels]}, F32 also where {@code x} is BF16
   * @param variance {@code [channels]}, likewise
   */
  public static Tensor batchNormInference(
      Tensor x, Tensor scale, Tensor shift, Tensor mean, Tensor variance, float epsilon) {
    return batchNormInference(x, scale, shift, mean, variance, epsilon, 1);
  }

  /**
   * As {@link #batchNorm(Tensor, Tensor, Tensor, float, float)}, by given statistics, which are
   * constants here.
   *
   * @param mean {@code [channels]}, F32 also where {@code x} is BF16
   * @param variance {@code [channels]}, likewise
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
          Tensor narrow = slope == 1 ? dy : Unary.throughLeakyRelu(dy, y, slope);
          Tensor dz = Cast.cast(narrow, scale.type());
          gradients.to(
              x, () -> Cast.cast(Binary.multiply(dz, Binary.divide(scale, deviation)), x.type()));
          gradients.to(
              scale,
              () -> {
                Tensor centred = Binary.subtract(Cast.cast(x, scale.type()), mean);
                return sumOfRows(Binary.multiply(dz, Binary.divide(centred, deviation)));
              });
          gradients.to(shift, () -> sumOfRows(dz));
        });
  }

  private static Tensor sumOfRows(Tensor x) {
    var axes = Sum.allAxes(x);
    axes.remove(x.shape().rank() - 1);
    return Sum.sum(x, axes);
  }

  private static Tensor statistic(Tensor x, int channels) {
    return Tensor.empty(x.device(), Operands.wide(x.type()), Shape.of(channels));
  }

  private static void requireSlope(float slope) {
    if (!(slope >= 0 && Float.isFinite(slope))) {
      throw new IllegalArgumentException(
          "batch_norm: the activation's slope is %s, expected at least 0 (1 for no activation)"
              .formatted(slope));
    }
  }

  private static int requireChannels(Tensor x, Tensor scale, Tensor shift) {
    x.requireFloatingPoint("batch_norm");
    int channels = x.shape().size(x.shape().axis("batch_norm", -1));
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
    Operands.requireBeside("batch_norm", x, first, a);
    Operands.requireBeside("batch_norm", x, second, b);
  }
}
