package semigan.tensor.ops;

import java.util.List;
import java.util.Set;
import semigan.kernels.ReduceGeometry;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * The largest element over axes, which the output no longer has. Equal largest elements share the
 * gradient.
 */
public final class Max {
  private Max() {}

  /** Over all axes: a scalar. */
  public static Tensor max(Tensor x) {
    return max(x, Sum.allAxes(x));
  }

  /**
   * Over the given axes; negative ones count from the last.
   *
   * @throws IllegalArgumentException if there is no such axis or {@code x} holds integers
   */
  public static Tensor max(Tensor x, Set<Integer> axes) {
    ReduceGeometry geometry = Sum.geometry("max", x, axes);
    Tensor y = Tensor.empty(x.device(), x.type(), Shape.of(geometry.output()));
    x.device().reduce().max(geometry, x.buffer(), y.buffer());
    return y.madeBy(
        "max",
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x,
                () -> {
                  Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
                  x.device()
                      .reduce()
                      .maxBackward(geometry, x.buffer(), y.buffer(), dy.buffer(), dx.buffer());
                  return dx;
                }));
  }
}
