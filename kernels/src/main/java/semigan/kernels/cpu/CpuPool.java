package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.Pool2dGeometry;
import semigan.kernels.PoolKernels;

/** Pooling by oneDNN. */
final class CpuPool implements PoolKernels {
  private record Key(boolean max, boolean backward, Pool2dGeometry geometry, DType type) {}

  private static final long[] DENSE = {0, 0};

  private final Plans plans;
  private final Widening widening;

  CpuPool(Plans plans, Widening widening) {
    this.plans = plans;
    this.widening = widening;
  }

  @Override
  public void averageForward(Pool2dGeometry geometry, Buffer x, Buffer y) {
    run(false, false, geometry, CpuBuffer.of(x), CpuBuffer.of(y));
  }

  @Override
  public void averageBackward(Pool2dGeometry geometry, Buffer dy, Buffer dx) {
    // oneDNN sums in the type of dx: in BF16 it would round once for each window.
    try (var wide = widening.open()) {
      run(false, true, geometry, wide.writing(dx), wide.reading(dy));
    }
  }

  @Override
  public void maxForward(Pool2dGeometry geometry, Buffer x, Buffer y) {
    run(true, false, geometry, CpuBuffer.of(x), CpuBuffer.of(y));
  }

  @Override
  public void maxBackward(Pool2dGeometry geometry, Buffer x, Buffer dy, Buffer dx) {
    run(true, true, geometry, CpuBuffer.of(dx), CpuBuffer.of(dy), CpuBuffer.of(x));
  }

  private void run(boolean max, boolean backward, Pool2dGeometry geometry, CpuBuffer... operands) {
    DType type = operands[0].type();
    plans
        .get(
            new Key(max, backward, geometry, type),
            builder ->
                builder.share(
                    geometry.batch(),
                    1,
                    work(geometry),
                    images -> describe(builder, max, backward, geometry, type, images)))
        .run(operands);
  }

  private static long work(Pool2dGeometry g) {
    return (long) g.batch() * g.inHeight() * g.inWidth() * g.channels();
  }

  private static void describe(
      PlanBuilder builder,
      boolean max,
      boolean backward,
      Pool2dGeometry g,
      DType type,
      Stretch images) {
    int algorithm = max ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding;
    long count = images.count();
    dnnl_memory_desc x = builder.images(type, count, g.inHeight(), g.inWidth(), g.channels());
    dnnl_memory_desc y = builder.images(type, count, g.outHeight(), g.outWidth(), g.channels());
    long fromX = images.from() * g.inHeight() * g.inWidth() * g.channels() * type.bytes();
    long fromY = images.from() * g.outHeight() * g.outWidth() * g.channels() * type.bytes();
    long[] strides = {g.strideHeight(), g.strideWidth()};
    long[] kernel = {g.kernelHeight(), g.kernelWidth()};
    long[] before = {g.padTop(), g.padLeft()};
    long[] after = {g.padBottom(), g.padRight()};
    // Only training remembers, in a workspace, which element was the largest.
    int purpose = backward ? dnnl_forward_training : dnnl_forward_inference;
    dnnl_primitive_desc forward = builder.descriptor();
    OneDnn.check(
        dnnl_pooling_forward_primitive_desc_create(
            forward,
            builder.engine(),
            purpose,
            algorithm,
            x,
            y,
            strides,
            kernel,
            DENSE,
            before,
            after,
            builder.attributes()),
        g);
    if (!backward) {
      builder.step(forward, at(DNNL_ARG_SRC, x, 0, fromX), at(DNNL_ARG_DST, y, 1, fromY));
      return;
    }
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_pooling_backward_primitive_desc_create(
            descriptor,
            builder.engine(),
            algorithm,
            x,
            y,
            strides,
            kernel,
            DENSE,
            before,
            after,
            forward,
            builder.attributes()),
        g);
    if (max) {
      backwardThroughForward(builder, forward, descriptor, x, fromX, y, fromY);
    } else {
      builder.step(
          descriptor, at(DNNL_ARG_DIFF_DST, y, 1, fromY), at(DNNL_ARG_DIFF_SRC, x, 0, fromX));
    }
  }

  /** Finds the largest elements again (operand 2 is x) and sends the gradient to them. */
  private static void backwardThroughForward(
      PlanBuilder builder,
      dnnl_primitive_desc forward,
      dnnl_primitive_desc backward,
      dnnl_memory_desc x,
      long fromX,
      dnnl_memory_desc y,
      long fromY) {
    dnnl_memory_desc largest = builder.chosen(forward, dnnl_query_workspace_md);
    int where = builder.temporary(largest);
    builder
        .step(
            forward,
            at(DNNL_ARG_SRC, x, 2, fromX),
            at(DNNL_ARG_DST, y, builder.temporary(y)),
            at(DNNL_ARG_WORKSPACE, largest, where))
        .step(
            backward,
            at(DNNL_ARG_DIFF_DST, y, 1, fromY),
            at(DNNL_ARG_WORKSPACE, largest, where),
            at(DNNL_ARG_DIFF_SRC, x, 0, fromX));
  }
}
