package semigan.tensor.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import semigan.kernels.StridedCopy;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Repeating a tensor along new axes: what undoes a sum. */
public final class Expand {
  private Expand() {}

  /**
   * {@code x} repeated along {@code axes} of {@code shape}; its own axes are the others, in order.
   *
   * @param axes negative ones count from the last
   * @throws IllegalArgumentException if they do not match or {@code shape} has no such axis
   */
  public static Tensor alongAxes(Tensor x, Shape shape, Set<Integer> axes) {
    Set<Integer> repeated =
        axes.stream().map(axis -> shape.axis("expand", axis)).collect(Collectors.toSet());
    List<Long> source = new ArrayList<>();
    long[] strides = x.shape().strides();
    int next = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (repeated.contains(axis)) {
        source.add(0L);
        continue;
      }
      if (next == x.shape().rank() || x.shape().size(next) != shape.size(axis)) {
        throw mismatch(x, shape, axes);
      }
      source.add(strides[next++]);
    }
    if (next != x.shape().rank()) {
      throw mismatch(x, shape, axes);
    }
    Tensor y = Tensor.empty(x.device(), x.type(), shape);
    x.device()
        .copy()
        .strided(
            new StridedCopy(shape.toList(), 0, source, 0, Strides.of(shape)),
            x.buffer(),
            y.buffer());
    return y.madeBy(
        "expand", List.of(x), (dy, gradients) -> gradients.to(x, () -> Sum.sum(dy, axes)));
  }

  private static IllegalArgumentException mismatch(Tensor x, Shape shape, Set<Integer> axes) {
    return new IllegalArgumentException(
        "expand: %s does not match %s without the axes %s".formatted(x.shape(), shape, axes));
  }
}
