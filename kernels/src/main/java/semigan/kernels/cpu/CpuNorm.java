package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.util.function.BiConsumer;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.NormKernels;

/**
 * Batch normalisation by oneDNN, over rows seen as the pixels of one tall image. The activation is
 * part of the primitive where oneDNN has it so (ReLU, and any slope with given statistics), else a
 * primitive of its own, in place, on what has just been written.
 */
final class CpuNorm implements NormKernels {
  private record Key(Pass pass, long rows, int channels, float epsilon, float slope, DType type) {
    boolean isActivated() {
      return slope != 1;
    }

    Key with(Pass other) {
      return new Key(other, rows, channels, epsilon, slope, type);
    }

    /** In training, oneDNN's own activation is ReLU alone. */
    boolean isActivatedWithin() {
      return slope == 0 || (isActivated() && pass == Pass.INFERENCE);
    }
  }

  private enum Pass {
    FORWARD,
    INFERENCE,
    BACKWARD
  }

  private static final int AFFINE = dnnl_use_scale | dnnl_use_shift;

  private final Plans plans;
  private final Widening widening;
  private final WeightNormRows weights;

  CpuNorm(Plans plans, Tiles tiles, Widening widening) {
    this.plans = plans;
    this.widening = widening;
    weights = new WeightNormRows(tiles);
  }

  @Override
  public void batchNormForward(
      long rows,
      int channels,
      float epsilon,
      float slope,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer y,
      Buffer mean,
      Buffer variance) {
    run(
        new Key(Pass.FORWARD, rows, channels, epsilon, slope, x.type()),
        CpuNorm::describeForward,
        x,
        scale,
        shift,
        mean,
        variance,
        y);
  }

  @Override
  public void batchNormInference(
      long rows,
      int channels,
      float epsilon,
      float slope,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y) {
    run(
        new Key(Pass.INFERENCE, rows, channels, epsilon, slope, x.type()),
        CpuNorm::describeForward,
        x,
        scale,
        shift,
        mean,
        variance,
        y);
  }

  @Override
  public void batchNormBackward(
      long rows,
      int channels,
      float epsilon,
      float slope,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y,
      Buffer dy,
      Buffer dx,
      Buffer dscale,
      Buffer dshift) {
    try (var wide = widening.open()) {
      // Between its two primitives lies dz, which BF16 holds exactly for these slopes only.
      boolean direct = x.type() == DType.F32 || slope == 0 || slope == 1;
      run(
          new Key(Pass.BACKWARD, rows, channels, epsilon, slope, direct ? x.type() : DType.F32),
          CpuNorm::describeBackward,
          direct ? x : wide.reading(x),
          scale,
          mean,
          variance,
          direct ? dy : wide.reading(dy),
          direct ? dx : wide.writing(dx),
          dscale,
          dshift,
          direct ? y : wide.reading(y));
    }
  }

  private void run(Key key, BiConsumer<PlanBuilder, Key> recipe, Buffer... operands) {
    CpuBuffer[] places = new CpuBuffer[operands.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = CpuBuffer.of(operands[i]);
    }
    plans.get(key, builder -> recipe.accept(builder, key)).run(places);
  }

  private static void describeForward(PlanBuilder builder, Key key) {
    describeNormalisation(builder, key);
    if (key.isActivated() && !key.isActivatedWithin()) {
      if (key.type() == DType.BF16) {
        // An activation of what is rounded already would round once more.
        describeNormalisation(builder, key.with(Pass.INFERENCE));
        return;
      }
      dnnl_memory_desc y = builder.rowMajor(key.type(), key.rows() * key.channels());
      builder.step(
          activation(builder, y, key.slope()), at(DNNL_ARG_SRC, y, 5), at(DNNL_ARG_DST, y, 5));
    }
  }

  private static void describeNormalisation(PlanBuilder builder, Key key) {
    dnnl_memory_desc x = builder.images(key.type(), 1, key.rows(), 1, key.channels());
    dnnl_memory_desc vector = builder.rowMajor(key.channels());
    builder.step(
        forward(
            builder,
            x,
            key,
            key.isActivatedWithin()
                ? builder.attributesWithLeakyRelu(key.slope())
                : builder.attributes()),
        at(DNNL_ARG_SRC, x, 0),
        at(DNNL_ARG_SCALE, vector, 1),
        at(DNNL_ARG_SHIFT, vector, 2),
        at(DNNL_ARG_MEAN, vector, 3),
        at(DNNL_ARG_VARIANCE, vector, 4),
        at(DNNL_ARG_DST, x, 5));
  }

  private static void describeBackward(PlanBuilder builder, Key key) {
    int dz = 4;
    if (key.isActivated()) {
      dz = 5; // dx first holds dz: oneDNN's backward works in place
      describeActivationBackward(builder, key, dz);
    }
    dnnl_memory_desc x = builder.images(key.type(), 1, key.rows(), 1, key.channels());
    dnnl_memory_desc vector = builder.rowMajor(key.channels());
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_batch_normalization_backward_primitive_desc_create(
            descriptor,
            builder.engine(),
            dnnl_backward,
            x,
            x,
            x,
            key.epsilon(),
            AFFINE,
            forward(builder, x, key, builder.attributes()),
            builder.attributes()),
        "the backward of batch normalisation");
    builder.step(
        descriptor,
        at(DNNL_ARG_SRC, x, 0),
        at(DNNL_ARG_SCALE, vector, 1),
        at(DNNL_ARG_MEAN, vector, 2),
        at(DNNL_ARG_VARIANCE, vector, 3),
        at(DNNL_ARG_DIFF_DST, x, dz),
        at(DNNL_ARG_DIFF_SRC, x, 5),
        at(DNNL_ARG_DIFF_SCALE, vector, 6),
        at(DNNL_ARG_DIFF_SHIFT, vector, 7));
  }

  /** From dy (operand 4) to dz, by y (operand 8), whose sign is that of z. */
  private static void describeActivationBackward(PlanBuilder builder, Key key, int dz) {
    dnnl_memory_desc y = builder.rowMajor(key.type(), key.rows() * key.channels());
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_eltwise_backward_primitive_desc_create(
            descriptor,
            builder.engine(),
            dnnl_eltwise_relu,
            y,
            y,
            y,
            key.slope(),
            0,
            activation(builder, y, key.slope()),
            builder.attributes()),
        "the backward of an activation");
    builder.step(
        descriptor,
        at(DNNL_ARG_SRC, y, 8),
        at(DNNL_ARG_DIFF_DST, y, 4),
        at(DNNL_ARG_DIFF_SRC, y, dz));
  }

  private static dnnl_primitive_desc activation(
      PlanBuilder builder, dnnl_memory_desc y, float slope) {
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_eltwise_forward_primitive_desc_create(
            descriptor,
            builder.engine(),
            dnnl_forward_training,
            dnnl_eltwise_relu,
            y,
            y,
            slope,
            0,
            builder.attributes()),
        "an activation");
    return descriptor;
  }

  private static dnnl_primitive_desc forward(
      PlanBuilder builder, dnnl_memory_desc x, Key key, dnnl_primitive_attr attributes) {
    boolean given = key.pass() == Pass.INFERENCE;
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_batch_normalization_forward_primitive_desc_create(
            descriptor,
            builder.engine(),
            given ? dnnl_forward_inference : dnnl_forward_training,
            x,
            x,
            key.epsilon(),
            given ? AFFINE | dnnl_use_global_stats : AFFINE,
            attributes),
        "batch normalisation");
    return descriptor;
  }

  @Override
  public void weightNormForward(int rows, int columns, Buffer v, Buffer scale, Buffer w) {
    weights.forward(rows, columns, CpuBuffer.of(v), CpuBuffer.of(scale), CpuBuffer.of(w));
  }

  @Override
  public void weightNormBackward(
      int rows, int columns, Buffer v, Buffer scale, Buffer dw, Buffer dv, Buffer dscale) {
    weights.backward(
        rows,
        columns,
        CpuBuffer.of(v),
        CpuBuffer.of(scale),
        CpuBuffer.of(dw),
        CpuBuffer.of(dv),
        CpuBuffer.of(dscale));
  }
}
