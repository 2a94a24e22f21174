package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Buffer;
import semigan.kernels.NormKernels;

/** Batch normalisation by oneDNN, over rows seen as the pixels of one tall image. */
final class CpuNorm implements NormKernels {
  private record Key(Pass pass, long rows, int channels, float epsilon) {}

  private enum Pass {
    FORWARD,
    INFERENCE,
    BACKWARD
  }

  private static final int AFFINE = dnnl_use_scale | dnnl_use_shift;

  private final Plans plans;

  CpuNorm(Plans plans) {
    this.plans = plans;
  }

  @Override
  public void batchNormForward(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer y,
      Buffer mean,
      Buffer variance) {
    run(Pass.FORWARD, rows, channels, epsilon, x, scale, shift, mean, variance, y);
  }

  @Override
  public void batchNormInference(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y) {
    run(Pass.INFERENCE, rows, channels, epsilon, x, scale, shift, mean, variance, y);
  }

  @Override
  public void batchNormBackward(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer mean,
      Buffer variance,
      Buffer dy,
      Buffer dx,
      Buffer dscale,
      Buffer dshift) {
    run(Pass.BACKWARD, rows, channels, epsilon, x, scale, mean, variance, dy, dx, dscale, dshift);
  }

  private void run(Pass pass, long rows, int channels, float epsilon, Buffer... operands) {
    CpuBuffer[] places = new CpuBuffer[operands.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = CpuBuffer.of(operands[i]);
    }
    plans
        .get(
            new Key(pass, rows, channels, epsilon),
            builder -> {
              if (pass == Pass.BACKWARD) {
                describeBackward(builder, rows, channels, epsilon);
              } else {
                describeForward(builder, rows, channels, epsilon, pass == Pass.INFERENCE);
              }
            })
        .run(places);
  }

  private static void describeForward(
      PlanBuilder builder, long rows, int channels, float epsilon, boolean given) {
    dnnl_memory_desc x = builder.images(1, rows, 1, channels);
    dnnl_memory_desc vector = builder.rowMajor(channels);
    dnnl_primitive_desc descriptor = forward(builder, x, epsilon, given);
    builder.step(
        descriptor,
        at(DNNL_ARG_SRC, x, 0),
        at(DNNL_ARG_SCALE, vector, 1),
        at(DNNL_ARG_SHIFT, vector, 2),
        at(DNNL_ARG_MEAN, vector, 3),
        at(DNNL_ARG_VARIANCE, vector, 4),
        at(DNNL_ARG_DST, x, 5));
  }

  private static void describeBackward(
      PlanBuilder builder, long rows, int channels, float epsilon) {
    dnnl_memory_desc x = builder.images(1, rows, 1, channels);
    dnnl_memory_desc vector = builder.rowMajor(channels);
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_batch_normalization_backward_primitive_desc_create(
            descriptor,
            builder.engine(),
            dnnl_backward,
            x,
            x,
            x,
            epsilon,
            AFFINE,
            forward(builder, x, epsilon, false),
            builder.attributes()),
        "the backward of batch normalisation");
    builder.step(
        descriptor,
        at(DNNL_ARG_SRC, x, 0),
        at(DNNL_ARG_SCALE, vector, 1),
        at(DNNL_ARG_MEAN, vector, 2),
        at(DNNL_ARG_VARIANCE, vector, 3),
        at(DNNL_ARG_DIFF_DST, x, 4),
        at(DNNL_ARG_DIFF_SRC, x, 5),
        at(DNNL_ARG_DIFF_SCALE, vector, 6),
        at(DNNL_ARG_DIFF_SHIFT, vector, 7));
  }

  private static dnnl_primitive_desc forward(
      PlanBuilder builder, dnnl_memory_desc x, float epsilon, boolean given) {
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_batch_normalization_forward_primitive_desc_create(
            descriptor,
            builder.engine(),
            given ? dnnl_forward_inference : dnnl_forward_training,
            x,
            x,
            epsilon,
            given ? AFFINE | dnnl_use_global_stats : AFFINE,
            builder.attributes()),
        "batch normalisation");
    return descriptor;
  }
}
