package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.GemmKernels;
import semigan.kernels.MatmulGeometry;

/** Matrix products by oneDNN; a transposed operand is the same memory under other strides. */
final class CpuGemm implements GemmKernels {
  private record Key(MatmulGeometry geometry, DType operands, DType result) {}

  private record AffineKey(Key product, float slope) {}

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

  @Override
  public void affine(MatmulGeometry g, float slope, Buffer a, Buffer b, Buffer bias, Buffer c) {
    AffineKey key = new AffineKey(new Key(g, a.type(), c.type()), slope);
    plans
        .get(key, builder -> describe(builder, key))
        .run(CpuBuffer.of(a), CpuBuffer.of(b), CpuBuffer.of(c), CpuBuffer.of(bias));
  }

  private static void describe(PlanBuilder builder, AffineKey key) {
    dnnl_memory_desc bias = builder.rowMajor(1, key.product().geometry().columns());
    describe(
        builder,
        key.product(),
        bias,
        key.slope() == 1 ? builder.attributes() : builder.attributesWithLeakyRelu(key.slope()),
        at(DNNL_ARG_BIAS, bias, 3));
  }

  private static void describe(PlanBuilder builder, Key key) {
    describe(builder, key, null, builder.attributes());
  }

  private static void describe(
      PlanBuilder builder,
      Key key,
      dnnl_memory_desc bias,
      dnnl_primitive_attr attributes,
      Primitive.Argument... more) {
    MatmulGeometry g = key.geometry();
    dnnl_memory_desc a = matrix(builder, key.operands(), g.rows(), g.inner(), g.transposeA());
    dnnl_memory_desc b = matrix(builder, key.operands(), g.inner(), g.columns(), g.transposeB());
    dnnl_memory_desc c = matrix(builder, key.result(), g.rows(), g.columns(), false);
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(descriptor, builder.engine(), a, b, bias, c, attributes),
        g);
    List<Primitive.Argument> arguments = new ArrayList<>(List.of(more));
    arguments.add(at(DNNL_ARG_SRC, a, 0));
    arguments.add(at(DNNL_ARG_WEIGHTS, b, 1));
    arguments.add(at(DNNL_ARG_DST, c, 2));
    builder.step(descriptor, arguments.toArray(Primitive.Argument[]::new));
  }

  private static dnnl_memory_desc matrix(
      PlanBuilder builder, DType type, long rows, long columns, boolean transposed) {
    return builder.strided(
        type,
        new long[] {rows, columns},
        transposed ? new long[] {1, rows} : new long[] {columns, 1});
  }
}
