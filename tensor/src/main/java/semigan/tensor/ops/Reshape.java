package semigan.tensor.ops;

import java.util.List;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** The same elements in the same order under another shape, sharing memory. */
public final class Reshape {
  private Reshape() {}

  /**
   * @throws IllegalArgumentException if {@code shape} holds another number of elements
   */
  public static Tensor reshape(Tensor x, Shape shape) {
    if (shape.elements() != x.elements()) {
      throw new IllegalArgumentException(
          "reshape: %s holds %d elements but %s holds %d"
              .formatted(x.shape(), x.elements(), shape, shape.elements()));
    }
    return x.view(shape)
        .madeBy(
            "reshape",
            List.of(x),
            (dy, gradients) -> gradients.to(x, () -> reshape(dy, x.shape())));
  }

  /**
   * {@code [batch, everything else]}.
   *
   * @throws IllegalArgumentException if {@code x} is a scalar
   */
  public static Tensor flatten(Tensor x) {
    int batch = x.shape().size(x.shape().axis("flatten", 0));
    return reshape(x, Shape.of(batch, Math.toIntExact(x.elements() / batch)));
  }
}
