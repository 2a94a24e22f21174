package semigan.tensor.ops;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import semigan.kernels.StridedCopy;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Axes in another order. */
public final class Transpose {
  private Transpose() {}

  /**
   * @param axes for each axis of the output, the axis of {@code x} that it is
   * @throws IllegalArgumentException if {@code axes} does not name every axis once
   */
  public static Tensor transpose(Tensor x, int... axes) {
    int rank = x.shape().rank();
    int[] order = Arrays.stream(axes).map(axis -> x.shape().axis("transpose", axis)).toArray();
    if (order.length != rank || Arrays.stream(order).distinct().count() != rank) {
      throw new IllegalArgumentException(
          "transpose: axes %s must name every axis of %s once"
              .formatted(Arrays.toString(axes), x.shape()));
    }
    Shape shape = Shape.of(Arrays.stream(order).map(x.shape()::size).toArray());
    long[] strides = x.shape().strides();
    List<Long> source = Arrays.stream(order).mapToObj(axis -> strides[axis]).toList();
    Tensor y = Tensor.empty(x.device(), x.type(), shape);
    x.device()
        .copy()
        .strided(
            new StridedCopy(shape.toList(), 0, source, 0, Strides.of(shape)),
            x.buffer(),
            y.buffer());
    int[] inverse = new int[rank];
    IntStream.range(0, rank).forEach(axis -> inverse[order[axis]] = axis);
    return y.madeBy(
        "transpose", List.of(x), (dy, gradients) -> gradients.to(x, () -> transpose(dy, inverse)));
  }
}
