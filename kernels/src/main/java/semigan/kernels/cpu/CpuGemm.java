package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.GemmKernels;
import semigan.kernels.MatmulGeometry;

/** Matrix products by oneDNN; a transposed operand is the same memory under other strides. */
final class CpuGemm implements GemmKernels {
  private record Key(MatmulGeometry geometry, DType operands, DType result) {}

  private final Plans plans;

  CpuGemm(Plans plans) {
    this.plans = plans;
  }

  @Override
  public void matmul(MatmulGeometry geometry, Buffer a, Buffer b, Buffer c) {
    Key key = new Key(geometry, a.type(), c.type());
    plans
        .get(key, builder -> describe(builder, key))
        .run(CpuBuffer.of(a), CpuBuffer.of(b), CpuBuffer.of(c));
  }

  private static void describe(PlanBuilder builder, Key key) {
    MatmulGeometry g = key.geometry();
    dnnl_memory_desc a = matrix(builder, key.operands(), g.rows(), g.inner(), g.transposeA());
    dnnl_memory_desc b = matrix(builder, key.operands(), g.inner(), g.columns(), g.transposeB());
    dnnl_memory_desc c = matrix(builder, key.result(), g.rows(), g.columns(), false);
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            descriptor, builder.engine(), a, b, null, c, builder.attributes()),
        g);
    builder.step(
        descriptor, at(DNNL_ARG_SRC, a, 0), at(DNNL_ARG_WEIGHTS, b, 1), at(DNNL_ARG_DST, c, 2));
  }

  private static dnnl_memory_desc matrix(
      PlanBuilder builder, DType type, long rows, long columns, boolean transposed) {
    return builder.strided(
        type,
        new long[] {rows, columns},
        transposed ? new long[] {1, rows} : new long[] {columns, 1});
  }
}
