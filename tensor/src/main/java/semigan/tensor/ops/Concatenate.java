package semigan.tensor.ops;

import java.util.List;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Tensors joined along one axis. */
public final class Concatenate {
  private Concatenate() {}

  /**
   * @param tensors equal in every size but that along {@code axis}
   * @throws IllegalArgumentException if there are none, or their shapes do not fit together
   */
  public static Tensor concatenate(int axis, List<Tensor> tensors) {
    List<Tensor> parts = List.copyOf(tensors);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("concatenate: there is nothing to join");
    }
    Tensor first = parts.get(0);
    int at = first.shape().axis("concatenate", axis);
    int size = 0;
    for (Tensor part : parts) {
      Operands.requireAlike("concatenate", first, part);
      if (part.shape().rank() != first.shape().rank()
          || !part.shape().with(at, 1).equals(first.shape().with(at, 1))) {
        throw new IllegalArgumentException(
            "concatenate: %s and %s differ outside axis %d"
                .formatted(first.shape(), part.shape(), at));
      }
      size += part.shape().size(at);
    }
    Shape shape = first.shape().with(at, size);
    Tensor y = Tensor.empty(first.device(), first.type(), shape);
    int start = 0;
    for (Tensor part : parts) {
      Slice.place(part, y, at, start);
      start += part.shape().size(at);
    }
    return y.madeBy(
        "concatenate",
        parts,
        (dy, gradients) -> {
          int from = 0;
          for (Tensor part : parts) {
            int begin = from;
            int length = part.shape().size(at);
            gradients.to(part, () -> Slice.slice(dy, at, begin, length));
            from += length;
          }
        });
  }
}
