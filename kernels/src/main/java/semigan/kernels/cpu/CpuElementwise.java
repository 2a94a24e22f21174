package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Backend;
import semigan.kernels.BinaryOp;
import semigan.kernels.BroadcastGeometry;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.ElementwiseKernels;
import semigan.kernels.UnaryOp;

/** Functions of single elements by oneDNN. */
final class CpuElementwise implements ElementwiseKernels {
  /** A function in Java over a tile or two takes as long as handing them over. */
  private static final int WORTH_SHARING = 1 << 13;

  private record UnaryKey(
      UnaryOp op, float alpha, float beta, boolean backward, DType type, long length) {}

  private final Plans plans;
  private final Tiles tiles;
  private final Widening widening;
  private final Backend backend;
  private final Broadcast broadcast;

  CpuElementwise(Plans plans, Tiles tiles, Widening widening, Backend backend) {
    this.plans = plans;
    this.tiles = tiles;
    this.widening = widening;
    this.backend = backend;
    broadcast = new Broadcast(plans, widening, backend);
  }

  /**
   * By oneDNN, but for what it does too roughly: its log is 2e-6 off, relatively, and its soft_relu
   * is so absolutely, which makes it negative where it should be near 0. Its ReLU is a maximum,
   * which makes 0 of what is no number.
   */
  @Override
  public void unary(UnaryOp op, float alpha, float beta, Buffer x, Buffer y) {
    boolean isRelu = op == UnaryOp.LEAKY_RELU && alpha == 0;
    if (x.length() <= Functions.SMALL || op == UnaryOp.LOG || isRelu) {
      inJava(op, alpha, beta, x, y);
    } else if (op == UnaryOp.SOFTPLUS) {
      softplus(x, y);
    } else {
      unaryPlan(op, alpha, beta, false, x).run(CpuBuffer.of(x), CpuBuffer.of(y));
    }
  }

  private void inJava(UnaryOp op, float alpha, float beta, Buffer x, Buffer y) {
    try (var wide = widening.open()) {
      FloatBuffer input = wide.reading(x).floats();
      FloatBuffer target = wide.writing(y).floats();
      tiles.forEach(
          input.capacity(),
          WORTH_SHARING,
          (tile, from, count) -> {
            float[] values = tile[0];
            input.get(from, values, 0, count);
            for (int i = 0; i < count; i++) {
              values[i] = Functions.value(op, alpha, beta, values[i]);
            }
            target.put(from, values, 0, count);
          });
    }
  }

  /** Its exponentials by oneDNN, since HotSpot takes them one at a time; the rest in Java. */
  private void softplus(Buffer x, Buffer y) {
    Buffer decays = backend.allocate(DType.F32, x.length());
    try (var wide = widening.open()) {
      CpuBuffer input = wide.reading(x);
      unary(UnaryOp.ABS, 0, 0, input, decays);
      unary(UnaryOp.LINEAR, -1, 0, decays, decays);
      unary(UnaryOp.EXP, 0, 0, decays, decays);
      FloatBuffer inputs = input.floats();
      FloatBuffer exponentials = CpuBuffer.of(decays).floats();
      FloatBuffer target = wide.writing(y).floats();
      tiles.forEach(
          input.size(),
          WORTH_SHARING,
          (tile, from, count) -> {
            inputs.get(from, tile[0], 0, count);
            exponentials.get(from, tile[1], 0, count);
            Functions.softplus(tile[0], tile[1], count);
            target.put(from, tile[0], 0, count);
          });
    } finally {
      backend.release(decays);
    }
  }

  @Override
  public void unaryBackward(
      UnaryOp op, float alpha, float beta, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    if (x.length() <= Functions.SMALL) {
      try (var wide = widening.open()) {
        backwardInJava(
            op,
            alpha,
            wide.reading(x),
            wide.reading(y),
            wide.reading(dy),
            wide.writing(dx).floats());
      }
      return;
    }
    Buffer data = fromOutput(op) ? y : x;
    unaryPlan(op, alpha, beta, true, x).run(CpuBuffer.of(data), CpuBuffer.of(dx), CpuBuffer.of(dy));
  }

  private void backwardInJava(
      UnaryOp op, float alpha, CpuBuffer x, CpuBuffer y, CpuBuffer dy, FloatBuffer dx) {
    int count = x.size();
    float[] inputs = tiles.own()[0];
    float[] outputs = tiles.own()[1];
    float[] gradients = tiles.own()[2];
    x.floats().get(0, inputs, 0, count);
    y.floats().get(0, outputs, 0, count);
    dy.floats().get(0, gradients, 0, count);
    for (int i = 0; i < count; i++) {
      gradients[i] *= Functions.slope(op, alpha, inputs[i], outputs[i]);
    }
    dx.put(0, gradients, 0, count);
  }

  private Plan unaryPlan(UnaryOp op, float alpha, float beta, boolean backward, Buffer x) {
    var key = new UnaryKey(op, alpha, beta, backward, x.type(), x.length());
    return plans.get(
        key,
        builder -> builder.shareElements(key.length(), stretch -> describe(builder, key, stretch)));
  }

  private static void describe(PlanBuilder builder, UnaryKey key, Stretch stretch) {
    UnaryOp op = key.op();
    dnnl_memory_desc layout = builder.rowMajor(key.type(), stretch.count());
    long offset = stretch.from() * key.type().bytes();
    // Only these two read their arguments; softplus has a fixed one.
    boolean reads = op == UnaryOp.LEAKY_RELU || op == UnaryOp.LINEAR;
    float a = reads ? key.alpha() : op == UnaryOp.SOFTPLUS ? 1 : 0;
    float b = op == UnaryOp.LINEAR ? key.beta() : 0;
    dnnl_primitive_desc forward = builder.descriptor();
    OneDnn.check(
        dnnl_eltwise_forward_primitive_desc_create(
            forward,
            builder.engine(),
            dnnl_forward_training,
            key.backward() ? backwardAlgorithm(op) : algorithm(op),
            layout,
            layout,
            a,
            b,
            builder.attributes()),
        op);
    if (key.backward()) {
      describeBackward(builder, op, a, b, layout, offset, forward);
    } else {
      builder.step(
          forward, at(DNNL_ARG_SRC, layout, 0, offset), at(DNNL_ARG_DST, layout, 1, offset));
    }
  }

  private static void describeBackward(
      PlanBuilder builder,
      UnaryOp op,
      float alpha,
      float beta,
      dnnl_memory_desc layout,
      long offset,
      dnnl_primitive_desc forward) {
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_eltwise_backward_primitive_desc_create(
            descriptor,
            builder.engine(),
            backwardAlgorithm(op),
            layout,
            layout,
            layout,
            alpha,
            beta,
            forward,
            builder.attributes()),
        op);
    builder.step(
        descriptor,
        at(fromOutput(op) ? DNNL_ARG_DST : DNNL_ARG_SRC, layout, 0, offset),
        at(DNNL_ARG_DIFF_SRC, layout, 1, offset),
        at(DNNL_ARG_DIFF_DST, layout, 2, offset));
  }

  private static int algorithm(UnaryOp op) {
    return switch (op) {
      case LEAKY_RELU -> dnnl_eltwise_relu;
      case TANH -> dnnl_eltwise_tanh;
      case SIGMOID -> dnnl_eltwise_logistic;
      case SOFTPLUS -> dnnl_eltwise_soft_relu;
      case EXP -> dnnl_eltwise_exp;
      case LOG -> dnnl_eltwise_log;
      case SQRT -> dnnl_eltwise_sqrt;
      case SQUARE -> dnnl_eltwise_square;
      case ABS -> dnnl_eltwise_abs;
      case LINEAR -> dnnl_eltwise_linear;
    };
  }

  private static int backwardAlgorithm(UnaryOp op) {
    return switch (op) {
      case TANH -> dnnl_eltwise_tanh_use_dst_for_bwd;
      case SIGMOID -> dnnl_eltwise_logistic_use_dst_for_bwd;
      case EXP -> dnnl_eltwise_exp_use_dst_for_bwd;
      case SQRT -> dnnl_eltwise_sqrt_use_dst_for_bwd;
      default -> algorithm(op);
    };
  }

  /** Whether the slope is cheaper, and no less exact, from the output than from the input. */
  private static boolean fromOutput(UnaryOp op) {
    return backwardAlgorithm(op) != algorithm(op);
  }

  @Override
  public void binary(BinaryOp op, BroadcastGeometry geometry, Buffer a, Buffer b, Buffer y) {
    broadcast.run(op, geometry, CpuBuffer.of(a), CpuBuffer.of(b), CpuBuffer.of(y));
  }

  @Override
  public void fill(Buffer y, float value) {
    float[] tile = tiles.own()[0];
    Arrays.fill(tile, value);
    try (var wide = widening.open()) {
      CpuBuffer target = wide.writing(y);
      for (int from = 0; from < target.size(); from += Tiles.SIZE) {
        target.floats().put(from, tile, 0, Math.min(Tiles.SIZE, target.size() - from));
      }
    }
  }
}
