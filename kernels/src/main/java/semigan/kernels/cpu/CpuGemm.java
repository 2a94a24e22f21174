package semigan.kernels.cpu;

import semigan.kernels.Buffer;
import semigan.kernels.GemmKernels;
import semigan.kernels.MatmulGeometry;

/** Matrix products by oneDNN; a transposed operand is the same memory under other strides. */
final class CpuGemm implements GemmKernels {
  private final Plans plans;

  CpuGemm(Plans plans) {
    this.plans = plans;
  }

  @Override
  public void matmul(MatmulGeometry geometry, Buffer a, Buffer b, Buffer c) {
    plan(geometry, a, c, Product.Epilogue.NONE)
        .run(CpuBuffer.of(a), CpuBuffer.of(b), CpuBuffer.of(c));
  }

  @Override
  public void affine(MatmulGeometry g, float slope, Buffer a, Buffer b, Buffer bias, Buffer c) {
    plan(g, a, c, Product.Epilogue.biased(slope))
        .run(CpuBuffer.of(a), CpuBuffer.of(b), CpuBuffer.of(c), CpuBuffer.of(bias));
  }

  private Plan plan(MatmulGeometry g, Buffer a, Buffer c, Product.Epilogue epilogue) {
    Matrices left =
        g.transposeA()
            ? Matrices.one(a.type(), g.inner(), g.rows()).turned()
            : Matrices.one(a.type(), g.rows(), g.inner());
    Matrices right =
        g.transposeB()
            ? Matrices.one(a.type(), g.columns(), g.inner()).turned()
            : Matrices.one(a.type(), g.inner(), g.columns());
    Matrices result = Matrices.one(c.type(), g.rows(), g.columns());
    Product product = new Product(left, right, result, epilogue);
    return plans.get(product, product::describe);
  }
}
