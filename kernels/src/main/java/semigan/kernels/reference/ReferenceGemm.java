package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.GemmKernels;
import semigan.kernels.MatmulGeometry;

final class ReferenceGemm implements GemmKernels {
  @Override
  public void matmul(MatmulGeometry g, Buffer a, Buffer b, Buffer c) {
    product(g, a, b, (column, sum) -> sum, c);
  }

  @Override
  public void affine(MatmulGeometry g, float slope, Buffer a, Buffer b, Buffer bias, Buffer c) {
    var shift = ReferenceBuffer.of(bias);
    product(
        g,
        a,
        b,
        (column, sum) -> {
          double z = sum + shift.get(column);
          return z > 0 ? z : slope * z;
        },
        c);
  }

  /** What becomes of a sum in some column. */
  private interface Ending {
    double of(long column, double sum);
  }

  private static void product(MatmulGeometry g, Buffer a, Buffer b, Ending ending, Buffer c) {
    var left = ReferenceBuffer.of(a);
    var right = ReferenceBuffer.of(b);
    var product = ReferenceBuffer.of(c);
    for (long row = 0; row < g.rows(); row++) {
      for (long column = 0; column < g.columns(); column++) {
        double sum = 0;
        for (long k = 0; k < g.inner(); k++) {
          long aAt = g.transposeA() ? k * g.rows() + row : row * g.inner() + k;
          long bAt = g.transposeB() ? column * g.inner() + k : k * g.columns() + column;
          sum += left.get(aAt) * right.get(bAt);
        }
        product.set(row * g.columns() + column, ending.of(column, sum));
      }
    }
  }
}
