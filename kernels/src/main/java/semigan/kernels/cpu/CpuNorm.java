package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.NormKernels;

/**
 * Batch normalisation by oneDNN, over rows seen as the pixels of one tall image. Forward the
 * statistics are sums of our own, since those of oneDNN are too rough on one thread, and oneDNN
 * normalises and activates by them as given; backward the activation is a primitive before the
 * normalisation's.
 *
 * <p>Several threads take some rows each. Backward they treat the statistics as given, and what
 * flows through them is subtracted when all sums are known.
 */
final class CpuNorm implements NormKernels {
  private record Key(Pass pass, long rows, int channels, float epsilon, float slope, DType type) {
    boolean isActivated() {
      return slope != 1;
    }

    Key with(Pass other) {
      return new Key(other, rows, channels, epsilon, slope, type);
    }

    Key withRows(long some) {
      return new Key(pass, some, channels, epsilon, slope, type);
    }
  }

  private enum Pass {
    INFERENCE,
    BACKWARD,
    /** Some rows' backward with given statistics. */
    BACKWARD_INFERENCE
  }

  private static final int AFFINE = dnnl_use_scale | dnnl_use_shift;

  private final Plans plans;
  private final Widening widening;
  private final Backend backend;
  private final BatchNormRows loops;
  private final WeightNormRows weights;

  CpuNorm(Plans plans, Workers workers, Tiles tiles, Widening widening, Backend backend) {
    this.plans = plans;
    this.widening = widening;
    this.backend = backend;
    loops = new BatchNormRows(workers, tiles);
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
    try (var wide = widening.open()) {
      loops.statistics(
          shares(rows, channels), wide.reading(x), CpuBuffer.of(mean), CpuBuffer.of(variance));
    }
    batchNormInference(rows, channels, epsilon, slope, x, scale, shift, mean, variance, y);
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
    Key key = new Key(Pass.INFERENCE, rows, channels, epsilon, slope, x.type());
    List<Stretch> shares = shares(rows, channels);
    run(
        key,
        (builder, some) -> describeRows(builder, some, shares),
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
      Key key =
          new Key(Pass.BACKWARD, rows, channels, epsilon, slope, direct ? x.type() : DType.F32);
      Buffer inputs = direct ? x : wide.reading(x);
      Buffer gradients = direct ? dy : wide.reading(dy);
      Buffer target = direct ? dx : wide.writing(dx);
      Buffer outputs = direct ? y : wide.reading(y);
      List<Stretch> shares = shares(rows, channels);
      // What comes through the statistics is subtracted in F32, and in tiles of whole rows.
      if (shares.size() == 1
          || key.type() == DType.BF16
          || channels > BatchNormRows.MOST_CHANNELS) {
        run(
            key,
            CpuNorm::describeBackward,
            inputs,
            scale,
            mean,
            variance,
            gradients,
            target,
            dscale,
            dshift,
            outputs);
        return;
      }
      long sums = (long) shares.size() * channels;
      try (var dscales = Temporary.allocate(backend, DType.F32, sums);
          var dshifts = Temporary.allocate(backend, DType.F32, sums)) {
        run(
            key.with(Pass.BACKWARD_INFERENCE),
            (builder, some) -> describeBackwardRows(builder, some, shares),
            inputs,
            scale,
            mean,
            variance,
            gradients,
            target,
            dscales.buffer(),
            dshifts.buffer(),
            outputs);
        add(shares.size(), dscales.buffer(), CpuBuffer.of(dscale));
        add(shares.size(), dshifts.buffer(), CpuBuffer.of(dshift));
      }
      loops.throughStatistics(
          rows,
          epsilon,
          CpuBuffer.of(inputs),
          CpuBuffer.of(scale),
          CpuBuffer.of(mean),
          CpuBuffer.of(variance),
          CpuBuffer.of(dscale),
          CpuBuffer.of(dshift),
          CpuBuffer.of(target));
    }
  }

  /** Sums, for each channel, what the shares found. */
  private static void add(int shares, CpuBuffer parts, CpuBuffer sums) {
    int channels = sums.size();
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int i = 0; i < shares; i++) {
        sum += parts.floats().get(i * channels + c);
      }
      sums.floats().put(c, (float) sum);
    }
  }

  private List<Stretch> shares(long rows, int channels) {
    return plans.sharing().of(rows, 1, rows * channels);
  }

  private void run(Key key, BiConsumer<PlanBuilder, Key> recipe, Buffer... operands) {
    CpuBuffer[] places = new CpuBuffer[operands.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = CpuBuffer.of(operands[i]);
    }
    plans.get(key, builder -> recipe.accept(builder, key)).run(places);
  }

  private static void describeRows(PlanBuilder builder, Key key, List<Stretch> shares) {
    builder.share(
        shares, rows -> describeNormalisation(builder, key.withRows(rows.count()), rows.from()));
  }

  /**
   * @param first row
   */
  private static void describeNormalisation(PlanBuilder builder, Key key, long first) {
    dnnl_memory_desc x = builder.images(key.type(), 1, key.rows(), 1, key.channels());
    dnnl_memory_desc vector = builder.rowMajor(key.channels());
    long from = first * key.channels() * key.type().bytes();
    builder.step(
        forward(
            builder,
            x,
            key,
            key.isActivated()
                ? builder.attributesWithLeakyRelu(key.slope())
                : builder.attributes()),
        at(DNNL_ARG_SRC, x, 0, from),
        at(DNNL_ARG_SCALE, vector, 1),
        at(DNNL_ARG_SHIFT, vector, 2),
        at(DNNL_ARG_MEAN, vector, 3),
        at(DNNL_ARG_VARIANCE, vector, 4),
        at(DNNL_ARG_DST, x, 5, from));
  }

  private static void describeBackwardRows(PlanBuilder builder, Key key, List<Stretch> shares) {
    builder.share(
        shares,
        rows ->
            describeBackward(
                builder, key.withRows(rows.count()), rows.from(), shares.indexOf(rows)));
  }

  private static void describeBackward(PlanBuilder builder, Key key) {
    describeBackward(builder, key, 0, 0);
  }

  /**
   * @param first row
   * @param sums which of those that lie one after another
   */
  private static void describeBackward(PlanBuilder builder, Key key, long first, long sums) {
    long from = first * key.channels() * key.type().bytes();
    long theirs = sums * key.channels() * Float.BYTES;
    int dz = 4;
    if (key.isActivated()) {
      dz = 5; // dx first holds dz: oneDNN's backward works in place
      describeActivationBackward(builder, key, dz, from);
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
            flags(key),
            forward(builder, x, key, builder.attributes()),
            builder.attributes()),
        "the backward of batch normalisation");
    builder.step(
        descriptor,
        at(DNNL_ARG_SRC, x, 0, from),
        at(DNNL_ARG_SCALE, vector, 1),
        at(DNNL_ARG_MEAN, vector, 2),
        at(DNNL_ARG_VARIANCE, vector, 3),
        at(DNNL_ARG_DIFF_DST, x, dz, from),
        at(DNNL_ARG_DIFF_SRC, x, 5, from),
        at(DNNL_ARG_DIFF_SCALE, vector, 6, theirs),
        at(DNNL_ARG_DIFF_SHIFT, vector, 7, theirs));
  }

  /** From dy (operand 4) to dz, by y (operand 8), whose sign is that of z. */
  private static void describeActivationBackward(PlanBuilder builder, Key key, int dz, long from) {
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
        at(DNNL_ARG_SRC, y, 8, from),
        at(DNNL_ARG_DIFF_DST, y, 4, from),
        at(DNNL_ARG_DIFF_SRC, y, dz, from));
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
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_batch_normalization_forward_primitive_desc_create(
            descriptor,
            builder.engine(),
            key.pass() == Pass.INFERENCE ? dnnl_forward_inference : dnnl_forward_training,
            x,
            x,
            key.epsilon(),
            flags(key),
            attributes),
        "batch normalisation");
    return descriptor;
  }

  private static int flags(Key key) {
    return switch (key.pass()) {
      case BACKWARD -> AFFINE;
      case INFERENCE, BACKWARD_INFERENCE -> AFFINE | dnnl_use_global_stats;
    };
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
