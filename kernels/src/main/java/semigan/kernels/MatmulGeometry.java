package semigan.kernels;

/**
 * The sizes of a product {@code c = op(a) op(b)} of row-major matrices.
 *
 * @param rows rows of {@code c}
 * @param columns columns of {@code c}
 * @param inner length of each sum
 * @param transposeA {@code a} is stored {@code [inner, rows]} rather than {@code [rows, inner]}
 * @param transposeB {@code b} is stored {@code [columns, inner]} rather than {@code [inner,
 *     columns]}
 */
public record MatmulGeometry(
    int rows, int columns, int inner, boolean transposeA, boolean transposeB) {
  public MatmulGeometry {
    Sizes.positive("matrix product", "rows", rows);
    Sizes.positive("matrix product", "columns", columns);
    Sizes.positive("matrix product", "inner size", inner);
  }
}
