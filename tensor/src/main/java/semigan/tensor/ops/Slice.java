package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.StridedCopy;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** A range of positions along one axis. */
public final class Slice {
  private Slice() {}

  /**
   * {@code length} positions from {@code start} along {@code axis}.
   *
   * @throws IllegalArgumentException if the range reaches outside
   */
  public static Tensor slice(Tensor x, int axis, int start, int length) {
    int at = x.shape().axis("slice", axis);
    int size = x.shape().size(at);
    if (length <= 0) {
      throw new IllegalArgumentException("slice: the length must be positive but is " + length);
    }
    if (start < 0 || start > size - length) {
      throw new IllegalArgumentException(
          "slice: positions %d to %d reach outside axis %d of %s"
              .formatted(start, start + length - 1, at, x.shape()));
    }
    Shape shape = x.shape().with(at, length);
    Tensor y = Tensor.empty(x.device(), x.type(), shape);
    x.device()
        .copy()
        .strided(
            new StridedCopy(
                shape.toList(),
                start * x.shape().strides()[at],
                Strides.of(x.shape()),
                0,
                Strides.of(shape)),
            x.buffer(),
            y.buffer());
    return y.madeBy(
        "slice",
        List.of(x),
        (dy, gradients) -> gradients.to(x, () -> spread(dy, x.shape(), at, start)));
  }

  /** The gradient of a slice: zeros, but for the range. */
  private static Tensor spread(Tensor dy, Shape shape, int axis, int start) {
    Tensor dx = Tensor.zeros(dy.device(), dy.type(), shape);
    place(dy, dx, axis, start);
    return dx;
  }

  /** Copies {@code part} into {@code whole} from {@code start} along {@code axis}. */
  static void place(Tensor part, Tensor whole, int axis, int start) {
    part.device()
        .copy()
        .strided(
            new StridedCopy(
                part.shape().toList(),
                0,
                Strides.of(part.shape()),
                start * whole.shape().strides()[axis],
                Strides.of(whole.shape())),
            part.buffer(),
            whole.buffer());
  }
}
