package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import semigan.kernels.Buffer;
import semigan.kernels.RandomKernels;

/** Launches the kernels of random.cu: a thread makes the four draws of a Philox block. */
final class CudaRandom implements RandomKernels {
  private static final String FILE = "random";
  private static final int LANES = 4;

  /** The struct that says which numbers are drawn. */
  record Draws(Key key, long first, long length) implements KernelStruct {
    @Override
    public String type() {
      return "Draws";
    }

    @Override
    public void put(ByteBuffer target) {
      target.putInt((int) key.seed()).putInt((int) (key.seed() >>> 32)).putInt(key.stream());
      target.putInt(0).putLong(first).putLong(length);
    }

    /** The first and the last block may be used in part only. */
    long blocks() {
      return (first % LANES + length + LANES - 1) / LANES;
    }
  }

  private final Launcher launcher;

  CudaRandom(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void advance(Buffer offset) {
    launcher.launch(FILE, "advance_offset", LaunchPlan.ONE_WARP, offset);
  }

  @Override
  public void uniform(Key key, Buffer offset, long first, float low, float high, Buffer y) {
    Draws draws = new Draws(key, first, y.length());
    String kernel = "uniform" + Launcher.suffix(y.type());
    launcher.launch(FILE, kernel, plan(draws), draws, offset, low, high - low, y);
  }

  @Override
  public void normal(Key key, Buffer offset, long first, float mean, float deviation, Buffer y) {
    Draws draws = new Draws(key, first, y.length());
    String kernel = "normal" + Launcher.suffix(y.type());
    launcher.launch(FILE, kernel, plan(draws), draws, offset, mean, deviation, y);
  }

  @Override
  public void noise(Key key, Buffer offset, long first, float deviation, Buffer x, Buffer y) {
    Draws draws = new Draws(key, first, y.length());
    String kernel = "noise" + Launcher.suffix(y.type());
    launcher.launch(FILE, kernel, plan(draws), draws, offset, deviation, x, y);
  }

  @Override
  public void dropout(Key key, Buffer offset, long first, float rate, Buffer x, Buffer y) {
    Draws draws = new Draws(key, first, y.length());
    String kernel = "dropout" + Launcher.suffix(y.type());
    launcher.launch(FILE, kernel, plan(draws), draws, offset, rate, 1 / (1 - rate), x, y);
  }

  private LaunchPlan plan(Draws draws) {
    return LaunchPlan.elements(draws.blocks(), launcher.multiprocessors());
  }
}
