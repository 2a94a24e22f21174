package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.NormKernels;

/**
 * Launches the kernels of norm.cu, one for a small matrix, two for a large one, and of
 * weight_norm.cu: a block for each row.
 */
final class CudaNorm implements NormKernels {
  private static final String FILE = "norm";
  private static final String WEIGHT_FILE = "weight_norm";

  /** As weight_norm.cu has it. */
  private static final int WEIGHT_THREADS = 128;

  /** The struct that all of its kernels take. */
  record Normalisation(ColumnPlan matrix, float epsilon, float slope) implements KernelStruct {
    @Override
    public String type() {
      return "Normalisation";
    }

    @Override
    public void put(ByteBuffer target) {
      matrix.put(target);
      target.putFloat(epsilon).putFloat(slope);
    }
  }

  private final Launcher launcher;
  private final Backend memory;
  private final Buffer arrivals;

  /**
   * @param memory where partial sums go
   * @param arrivals I32 zeros, {@link ColumnPlan#MOST_SHARED_TILES} of them
   */
  CudaNorm(Launcher launcher, Backend memory, Buffer arrivals) {
    this.launcher = launcher;
    this.memory = memory;
    this.arrivals = arrivals;
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
    ColumnPlan plan = sums(rows, channels, x, y);
    Buffer partials = memory.allocate(DType.F32, 2L * plan.slabs() * channels);
    try {
      launch(
          "batch_norm_forward",
          new Normalisation(plan, epsilon, slope),
          x,
          scale,
          shift,
          y,
          mean,
          variance,
          partials,
          arrivals);
    } finally {
      memory.release(partials);
    }
    if (plan.slabs() > 1) {
      batchNormInference(rows, channels, epsilon, slope, x, scale, shift, mean, variance, y);
    }
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
    launch(
        "batch_norm_apply",
        new Normalisation(map(rows, channels, x, y), epsilon, slope),
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
    ColumnPlan plan = sums(rows, channels, x, dy, dx);
    Buffer partials = memory.allocate(DType.F32, 2L * plan.slabs() * channels);
    try {
      launch(
          "batch_norm_backward",
          new Normalisation(plan, epsilon, slope),
          x,
          scale,
          shift,
          mean,
          variance,
          dy,
          dx,
          dscale,
          dshift,
          partials,
          arrivals);
    } finally {
      memory.release(partials);
    }
    if (plan.slabs() > 1) {
      launch(
          "batch_norm_input_gradient",
          new Normalisation(map(rows, channels, x, dy, dx), epsilon, slope),
          x,
          scale,
          shift,
          mean,
          variance,
          dy,
          dscale,
          dshift,
          dx);
    }
  }

  private ColumnPlan sums(long rows, int channels, Buffer... tensors) {
    return ColumnPlan.sums(
        rows,
        channels,
        ColumnPlan.vector(channels, tensors),
        tensors[0].type().bytes(),
        launcher.multiprocessors());
  }

  private ColumnPlan map(long rows, int channels, Buffer... tensors) {
    return ColumnPlan.map(
        rows,
        channels,
        ColumnPlan.vector(channels, tensors),
        tensors[0].type().bytes(),
        launcher.multiprocessors());
  }

  /** The tensors' type is that of {@code x}. */
  private void launch(String kernel, Normalisation how, Buffer x, Object... others) {
    Object[] arguments = new Object[others.length + 2];
    arguments[0] = how;
    arguments[1] = x;
    System.arraycopy(others, 0, arguments, 2, others.length);
    launcher.launch(FILE, kernel + Launcher.suffix(x.type()), how.matrix().launch(), arguments);
  }

  @Override
  public void weightNormForward(int rows, int columns, Buffer v, Buffer scale, Buffer w) {
    launcher.launch(
        WEIGHT_FILE, "weight_norm_forward", weightPlan(rows), rows, columns, v, scale, w);
  }

  @Override
  public void weightNormBackward(
      int rows, int columns, Buffer v, Buffer scale, Buffer dw, Buffer dv, Buffer dscale) {
    launcher.launch(
        WEIGHT_FILE,
        "weight_norm_backward",
        weightPlan(rows),
        rows,
        columns,
        v,
        scale,
        dw,
        dv,
        dscale);
  }

  private LaunchPlan weightPlan(int rows) {
    return LaunchPlan.groups(rows, WEIGHT_THREADS, launcher.multiprocessors());
  }
}
