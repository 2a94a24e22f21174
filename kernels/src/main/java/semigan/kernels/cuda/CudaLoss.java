package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import semigan.kernels.Buffer;
import semigan.kernels.LossKernels;

/** Launches the kernels of loss.cu. */
final class CudaLoss implements LossKernels {
  private static final String FILE = "loss";

  /** The struct that all of its kernels take: a row has 2^laneBits threads. */
  record Rows(long count, int classes, int laneBits) implements KernelStruct {
    /** As many threads for a row as it has classes, but no more than a warp's. */
    static Rows of(long rows, int classes) {
      int bits = 0;
      while (1 << bits < Math.min(classes, LaunchPlan.WARP)) {
        bits++;
      }
      return new Rows(rows, classes, bits);
    }

    int lanes() {
      return 1 << laneBits;
    }

    @Override
    public String type() {
      return "Rows";
    }

    @Override
    public void put(ByteBuffer target) {
      target.putLong(count).putInt(classes).putInt(lanes()).putInt(laneBits).putInt(0);
    }
  }

  private final Launcher launcher;

  CudaLoss(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void logSumExp(long rows, int classes, Buffer x, Buffer y) {
    Rows shape = Rows.of(rows, classes);
    launcher.launch(FILE, "log_sum_exp" + Launcher.suffix(x.type()), plan(shape), shape, x, y);
  }

  @Override
  public void softmax(long rows, int classes, Buffer x, Buffer y) {
    Rows shape = Rows.of(rows, classes);
    launcher.launch(FILE, "softmax" + Launcher.suffix(x.type()), plan(shape), shape, x, y);
  }

  @Override
  public void softmaxBackward(long rows, int classes, Buffer y, Buffer dy, Buffer dx) {
    Rows shape = Rows.of(rows, classes);
    launcher.launch(
        FILE, "softmax_backward" + Launcher.suffix(y.type()), plan(shape), shape, y, dy, dx);
  }

  @Override
  public void semiSupervised(
      long rows, int classes, Buffer logits, Buffer targets, Buffer loss, Buffer dlogits) {
    Rows shape = Rows.of(rows, classes);
    launcher.launch(
        FILE,
        "semi_supervised" + Launcher.suffix(logits.type()),
        plan(shape),
        shape,
        logits,
        targets,
        loss,
        dlogits);
  }

  private LaunchPlan plan(Rows rows) {
    return LaunchPlan.elements(
        Math.multiplyExact(rows.count(), rows.lanes()), launcher.multiprocessors());
  }
}
