package semigan.tensor.ops;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import semigan.kernels.BinaryOp;
import semigan.kernels.BroadcastGeometry;
import semigan.tensor.Backward;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Functions of two elements. Shapes broadcast: axes are matched from the last, and along each the
 * sizes are equal or one of them is 1 or missing. Each refuses other shapes, two types, two devices
 * and integers with an {@link IllegalArgumentException}.
 */
public final class Binary {
  private Binary() {}

  public static Tensor add(Tensor a, Tensor b) {
    return apply(
        BinaryOp.ADD,
        a,
        b,
        (dy, gradients) -> {
          gradients.to(a, () -> reducedTo(a.shape(), dy));
          gradients.to(b, () -> reducedTo(b.shape(), dy));
        });
  }

  public static Tensor subtract(Tensor a, Tensor b) {
    return apply(
        BinaryOp.SUBTRACT,
        a,
        b,
        (dy, gradients) -> {
          gradients.to(a, () -> reducedTo(a.shape(), dy));
          gradients.to(b, () -> Unary.linear(reducedTo(b.shape(), dy), -1, 0));
        });
  }

  public static Tensor multiply(Tensor a, Tensor b) {
    return apply(
        BinaryOp.MULTIPLY,
        a,
        b,
        (dy, gradients) -> {
          gradients.to(a, () -> reducedTo(a.shape(), multiply(dy, b)));
          gradients.to(b, () -> reducedTo(b.shape(), multiply(dy, a)));
        });
  }

  public static Tensor divide(Tensor a, Tensor b) {
    return apply(
        BinaryOp.DIVIDE,
        a,
        b,
        (dy, gradients) -> {
          gradients.to(a, () -> reducedTo(a.shape(), divide(dy, b)));
          gradients.to(
              b,
              () ->
                  // Not by the square of b, which may be 0 or infinite where b is neither.
                  Unary.linear(reducedTo(b.shape(), divide(multiply(dy, divide(a, b)), b)), -1, 0));
        });
  }

  private static Tensor apply(BinaryOp op, Tensor a, Tensor b, Backward backward) {
    String name = op.name().toLowerCase(Locale.ROOT);
    Operands.requireAlike(name, a, b);
    a.requireFloatingPoint(name);
    requireBroadcastable(name, a.shape(), b.shape());
    int rank = Math.max(a.shape().rank(), b.shape().rank());
    var geometry =
        new BroadcastGeometry(a.shape().padTo(rank).toList(), b.shape().padTo(rank).toList());
    Tensor y = Tensor.empty(a.device(), a.type(), Shape.of(geometry.output()));
    a.device().elementwise().binary(op, geometry, a.buffer(), b.buffer(), y.buffer());
    return y.madeBy(name, List.of(a, b), backward);
  }

  /** The geometry checks this too, but knows only padded shapes. */
  private static void requireBroadcastable(String name, Shape a, Shape b) {
    for (int last = -1; last >= -Math.min(a.rank(), b.rank()); last--) {
      int left = a.size(last);
      int right = b.size(last);
      if (left != right && left != 1 && right != 1) {
        throw new IllegalArgumentException(
            "%s: the first operand has size %d (axis %d of %s) but the second has %d (axis %d of %s); they must be equal, or one of them 1"
                .formatted(name, left, a.axis(last), a, right, b.axis(last), b));
      }
    }
  }

  /** Sums a gradient over the axes along which an operand was repeated. */
  private static Tensor reducedTo(Shape shape, Tensor gradient) {
    if (gradient.shape().equals(shape)) {
      return gradient;
    }
    Shape padded = shape.padTo(gradient.shape().rank());
    Set<Integer> repeated = new TreeSet<>();
    for (int axis = 0; axis < padded.rank(); axis++) {
      if (padded.size(axis) != gradient.shape().size(axis)) {
        repeated.add(axis);
      }
    }
    return Reshape.reshape(Sum.sum(gradient, repeated), shape);
  }
}
