package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.DType;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** From each row the element that its label names. */
public final class Gather {
  private Gather() {}

  /**
   * @param x {@code [rows, columns]}
   * @param labels I32 of {@code [rows]}, each in {@code [0, columns)}
   * @return {@code [rows]}
   * @throws IllegalArgumentException if the shapes, types or devices do not fit together, or, on a
   *     device that is the host, a label is out of range
   */
  public static Tensor gather(Tensor x, Tensor labels) {
    if (x.shape().rank() != 2
        || labels.type() != DType.I32
        || !labels.shape().equals(Shape.of(x.shape().size(0)))) {
      throw new IllegalArgumentException(
          "gather: expected [rows,columns] and I32 labels of [rows] but got %s and %s of %s"
              .formatted(x.shape(), labels.type(), labels.shape()));
    }
    Operands.requireOneDevice("gather", x, labels);
    x.requireFloatingPoint("gather");
    int rows = x.shape().size(0);
    int columns = x.shape().size(1);
    var kernels = x.device().copy();
    Tensor y = Tensor.empty(x.device(), x.type(), Shape.of(rows));
    kernels.gather(rows, columns, x.buffer(), labels.buffer(), y.buffer());
    return y.madeBy(
        "gather",
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x,
                () -> {
                  Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
                  kernels.gatherBackward(rows, columns, dy.buffer(), labels.buffer(), dx.buffer());
                  return dx;
                }));
  }
}
