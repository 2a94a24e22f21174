package semigan.tensor.ops;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import semigan.kernels.ReduceGeometry;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Sums and means over axes, which the output no longer has. */
public final class Sum {
  private Sum() {}

  /** Over all axes: a scalar. */
  public static Tensor sum(Tensor x) {
    return sum(x, allAxes(x));
  }

  /**
   * Over the given axes; negative ones count from the last.
   *
   * @throws IllegalArgumentException if there is no such axis or {@code x} holds integers
   */
  public static Tensor sum(Tensor x, Set<Integer> axes) {
    ReduceGeometry geometry = geometry("sum", x, axes);
    Tensor y = Tensor.empty(x.device(), x.type(), Shape.of(geometry.output()));
    x.device().reduce().sum(geometry, x.buffer(), y.buffer());
    return y.madeBy(
        "sum",
        List.of(x),
        (dy, gradients) -> gradients.to(x, () -> Expand.alongAxes(dy, x.shape(), geometry.axes())));
  }

  /** The mean of all elements: a scalar. */
  public static Tensor mean(Tensor x) {
    return mean(x, allAxes(x));
  }

  /**
   * The mean over the given axes; negative ones count from the last.
   *
   * @throws IllegalArgumentException if there is no such axis or {@code x} holds integers
   */
  public static Tensor mean(Tensor x, Set<Integer> axes) {
    ReduceGeometry geometry = geometry("mean", x, axes);
    return Unary.linear(sum(x, axes), 1f / geometry.reducedLength(), 0);
  }

  static ReduceGeometry geometry(String operation, Tensor x, Set<Integer> axes) {
    x.requireFloatingPoint(operation);
    return new ReduceGeometry(
        x.shape().toList(),
        axes.stream().map(axis -> x.shape().axis(operation, axis)).collect(Collectors.toSet()));
  }

  static Set<Integer> allAxes(Tensor x) {
    return IntStream.range(0, x.shape().rank()).boxed().collect(Collectors.toSet());
  }
}
