package semigan.gan.train;

import java.util.List;
import semigan.gan.data.DataSplit;
import semigan.kernels.Backend;
import semigan.kernels.ProfiledBackend;

/**
 * Where the time of a training step goes.
 *
 * @param steps that were measured
 * @param stepNanos time of one step, everything included
 * @param floorNanos the least time in which the device can do one step's convolutions, each alone;
 *     see {@link ProfiledBackend#convolutionFloor}
 * @param kernels what each kernel took in all of the steps, longest first
 */
public record StepProfile(
    int steps, long stepNanos, long floorNanos, List<ProfiledBackend.Row> kernels) {
  /** Untimed steps first: compilation, primitives and allocations settle in these. */
  private static final int WARM_UP_STEPS = 60;

  private static final long WARM_UP_NANOS = 10_000_000_000L;

  private static final int MEASURED = 50;

  /** Takes some steps of the run that {@code config} describes, and writes nothing. */
  public static StepProfile of(TrainConfig config, DataSplit data, Backend device) {
    ProfiledBackend profiled = new ProfiledBackend(device);
    Stopwatch watch = new Stopwatch(profiled);
    new TrainingRun(config, data, profiled).rehearse(watch::goOn);
    return new StepProfile(
        MEASURED,
        watch.nanos() / MEASURED,
        profiled.convolutionFloor() / MEASURED,
        profiled.rows());
  }

  /** Measures from the end of the warm-up on. */
  private static final class Stopwatch {
    private final ProfiledBackend device;
    private final long started = System.nanoTime();
    private long begun;
    private long ended;
    private int last;

    Stopwatch(ProfiledBackend device) {
      this.device = device;
    }

    /** After each step: whether there is to be another. */
    boolean goOn(int step) {
      long now = System.nanoTime();
      if (last > 0) {
        ended = now;
        return step < last;
      }
      if (step >= WARM_UP_STEPS && now - started >= WARM_UP_NANOS) {
        device.restart();
        begun = System.nanoTime();
        last = step + MEASURED;
      }
      return true;
    }

    long nanos() {
      return ended - begun;
    }
  }
}
