package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvKernels;
import semigan.kernels.DType;

/** Launches the kernels of conv_ends.cu: convolutions of images of one to four channels. */
final class CudaConvEnds implements ConvKernels {
  private static final String FILE = "conv_ends";

  private static final int FEW_CHANNELS = 4;

  /** As conv_ends.cu has them: pixels, output channels and taps of a block, and its threads. */
  private static final int PIXELS = 64;

  private static final int OUT = 64;
  private static final int TAPS = 16;
  private static final int THREADS = 256;

  /** The largest window that backward_input holds in shared memory. */
  private static final int WINDOW = 256;

  /** Pixels of one block that are worth a sum of their own in the filter's gradient. */
  private static final int SLICE = 4 * PIXELS;

  /** What a launch allows of blocks along y, for windows of any size. */
  private static final int MOST_OUT = 1 << 17;

  /** Blocks for each multiprocessor, which holds several at a time. */
  private static final int WAVES = 8;

  private final Launcher launcher;
  private final Backend backend;

  CudaConvEnds(Launcher launcher, Backend backend) {
    this.launcher = launcher;
    this.backend = backend;
  }

  /** Whether the kernels can do a convolution. */
  static boolean fits(Conv2dGeometry g) {
    long longest = Math.max(g.inputLength(), Math.max(g.filterLength(), g.outputLength()));
    return g.inChannels() <= FEW_CHANNELS
        && g.outChannels() <= MOST_OUT
        && g.window() <= WINDOW
        && longest <= Integer.MAX_VALUE;
  }

  @Override
  public void forward(Conv2dGeometry g, Buffer x, Buffer w, Buffer y) {
    int groups = LaunchPlan.blocks(g.outChannels(), OUT, Integer.MAX_VALUE);
    launch("forward", g, x.type(), plan(outputPixels(g), PIXELS, groups), x, w, y);
  }

  @Override
  public void backwardInput(Conv2dGeometry g, Buffer dy, Buffer w, Buffer dx) {
    long pixels = (long) g.batch() * g.inHeight() * g.inWidth();
    launch("backward_input", g, dx.type(), plan(pixels, PIXELS, 1), dy, w, dx);
  }

  /** In two steps, so that the sum over all pixels is shared out and still has one order. */
  @Override
  public void backwardWeight(Conv2dGeometry g, Buffer x, Buffer dy, Buffer dw) {
    int groups =
        LaunchPlan.blocks(g.outChannels(), OUT, Integer.MAX_VALUE)
            * LaunchPlan.blocks(g.window(), TAPS, WINDOW);
    LaunchPlan plan = plan(outputPixels(g), SLICE, groups);
    Buffer partial = backend.allocate(DType.F32, plan.blocksX() * g.filterLength());
    try {
      launch("backward_weight", g, x.type(), plan, x, dy, partial);
      launcher.launch(
          FILE,
          "conv_ends_sum_slices" + Launcher.suffix(dw.type()),
          LaunchPlan.elements(dw.length(), launcher.multiprocessors()),
          plan.blocksX(),
          dw.length(),
          partial,
          dw);
    } finally {
      backend.release(partial);
    }
  }

  private static long outputPixels(Conv2dGeometry g) {
    return (long) g.batch() * g.outHeight() * g.outWidth();
  }

  /** Blocks along x go through pixels, at least {@code each}; {@code groups} along y share them. */
  private LaunchPlan plan(long pixels, int each, int groups) {
    int most = Math.max(1, WAVES * launcher.multiprocessors() / groups);
    return new LaunchPlan(LaunchPlan.blocks(pixels, each, most), groups, THREADS);
  }

  private void launch(
      String name, Conv2dGeometry g, DType type, LaunchPlan plan, Buffer a, Buffer b, Buffer c) {
    launcher.launch(FILE, "conv_ends_" + name + Launcher.suffix(type), plan, new Shape(g), a, b, c);
  }

  /** The kernels' {@code ConvShape}. */
  record Shape(Conv2dGeometry g) implements KernelStruct {
    @Override
    public String type() {
      return "ConvShape";
    }

    @Override
    public void put(ByteBuffer target) {
      target.putInt(g.batch()).putInt(g.inHeight()).putInt(g.inWidth()).putInt(g.inChannels());
      target.putInt(g.outHeight()).putInt(g.outWidth()).putInt(g.outChannels());
      target.putInt(g.kernelHeight()).putInt(g.kernelWidth());
      target.putInt(g.strideHeight()).putInt(g.strideWidth());
      target.putInt(g.padTop()).putInt(g.padLeft());
    }
  }
}
