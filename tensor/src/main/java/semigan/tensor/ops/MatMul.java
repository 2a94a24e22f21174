package semigan.tensor.ops;

import java.util.List;
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
   * @throws IllegalArgumentException if an operand is no matrix or the inner sizes differ
   */
  public static Tensor matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
    requireMatrix("first", a);
    requireMatrix("second", b);
    Operands.requireAlike("matmul", a, b);
    int inner = a.shape().size(transposeA ? 0 : 1);
    int other = b.shape().size(transposeB ? 1 : 0);
    if (inner != other) {
      throw new IllegalArgumentException(
          "matmul: the first operand has inner size %d (axis %d of %s) but the second has %d (axis %d of %s)"
              .formatted(
                  inner, transposeA ? 0 : 1, a.shape(), other, transposeB ? 1 : 0, b.shape()));
    }
    int rows = a.shape().size(transposeA ? 1 : 0);
    int columns = b.shape().size(transposeB ? 0 : 1);
    Tensor c = Tensor.empty(a.device(), a.type(), Shape.of(rows, columns));
    a.device()
        .gemm()
        .matmul(
            new MatmulGeometry(rows, columns, inner, transposeA, transposeB),
            a.buffer(),
            b.buffer(),
            c.buffer());
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

  private static void requireMatrix(String which, Tensor operand) {
    if (operand.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "matmul: the %s operand must be a matrix but has shape %s; reshape it first"
              .formatted(which, operand.shape()));
    }
  }
}
