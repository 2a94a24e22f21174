package semigan.tensor.ops;

import java.util.List;
import java.util.Set;
import semigan.kernels.MatmulGeometry;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** The product of two matrices. */
public final class MatMul {
  private MatMul() {}

  /** {@code a b}, for {@code a: [rows, inner]} and {@code b: [inner, columns]}. */
  public static Tensor matmul(Tensor a, Tensor b) {
    return matmul(a, false, b, false);
  }

  /**
   * {@code op(a) op(b)}, where {@code op} transposes if told so.
   *
   * @throws IllegalArgumentException if an operand is no matrix, the inner sizes, types or devices
   *     differ, or the elements are integers
   */
  public static Tensor matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
    MatmulGeometry geometry = geometry("matmul", a, transposeA, b, transposeB);
    Tensor c = Tensor.empty(a.device(), a.type(), Shape.of(geometry.rows(), geometry.columns()));
    a.device().gemm().matmul(geometry, a.buffer(), b.buffer(), c.buffer());
    return c.madeBy(
        "matmul",
        List.of(a, b),
        (dc, gradients) -> {
          gradients.to(
              a,
              () ->
                  transposeA ? matmul(b, transposeB, dc, true) : matmul(dc, false, b, !transposeB));
          gradients.to(
              b,
              () ->
                  transposeB ? matmul(dc, true, a, transposeA) : matmul(a, !transposeA, dc, false));
        });
  }

  /**
   * A layer in one kernel: {@code leakyRelu(x w' + bias)}.
   *
   * @param x {@code [rows, inputs]}
   * @param w {@code [outputs, inputs]}
   * @param bias {@code [outputs]}, F32 also where {@code x} and {@code w} are BF16
   * @param slope of what is not positive, finite and at least 0: 0 for ReLU, 1 for no activation
   * @throws IllegalArgumentException if shapes, types or devices do not fit together or the slope
   *     is another
   */
  public static Tensor affine(Tensor x, Tensor w, Tensor bias, float slope) {
    if (!(slope >= 0 && Float.isFinite(slope))) {
      throw new IllegalArgumentException(
          "affine: the slope is %s, expected finite and at least 0; the gradient takes it from the sign of the output"
              .formatted(slope));
    }
    MatmulGeometry geometry = geometry("affine", x, false, w, true);
    if (!bias.shape().equals(Shape.of(geometry.columns()))) {
      throw new IllegalArgumentException(
          "affine: the bias has shape %s but the weight %s has %d outputs (axis 0); give each a bias"
              .formatted(bias.shape(), w.shape(), geometry.columns()));
    }
    Operands.requireBeside("affine", x, "bias", bias);
    Tensor y = Tensor.empty(x.device(), x.type(), Shape.of(geometry.rows(), geometry.columns()));
    x.device().gemm().affine(geometry, slope, x.buffer(), w.buffer(), bias.buffer(), y.buffer());
    return y.madeBy(
        "affine",
        List.of(x, w, bias),
        (dy, gradients) -> {
          Tensor dz = slope == 1 ? dy : Unary.throughLeakyRelu(dy, y, slope);
          gradients.to(x, () -> matmul(dz, w));
          gradients.to(w, () -> matmul(dz, true, x, false));
          gradients.to(bias, () -> Cast.cast(Sum.sum(dz, Set.of(0)), bias.type()));
        });
  }

  private static MatmulGeometry geometry(
      String operation, Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
    requireMatrix(operation, "first", a);
    requireMatrix(operation, "second", b);
    Operands.requireAlike(operation, a, b);
    a.requireFloatingPoint(operation);
    int inner = a.shape().size(transposeA ? 0 : 1);
    int other = b.shape().size(transposeB ? 1 : 0);
    if (inner != other) {
      throw new IllegalArgumentException(
          "%s: the first operand has inner size %d (axis %d of %s) but the second has %d (axis %d of %s)"
              .formatted(
                  operation,
                  inner,
                  transposeA ? 0 : 1,
                  a.shape(),
                  other,
                  transposeB ? 1 : 0,
                  b.shape()));
    }
    return new MatmulGeometry(
        a.shape().size(transposeA ? 1 : 0),
        b.shape().size(transposeB ? 0 : 1),
        inner,
        transposeA,
        transposeB);
  }

  private static void requireMatrix(String operation, String which, Tensor operand) {
    if (operand.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "%s: the %s operand must be a matrix but has shape %s; reshape it first"
              .formatted(operation, which, operand.shape()));
    }
  }
}
