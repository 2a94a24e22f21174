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
  private static final int WARM_UP = 60;

  private static final int MEASURED = 50;

  /** Takes some steps of the run that {@code config} describes, and writes nothing. */
  public static StepProfile of(TrainConfig config, DataSplit data, Backend device) {
    ProfiledBackend profiled = new ProfiledBackend(device);
    long[] begun = new long[1];
    long[] taken = new long[1];
    new TrainingRun(config, data, profiled)
        .rehearse(
            WARM_UP + MEASURED,
            step -> {
              if (step == WARM_UP) {
                profiled.restart();
                begun[0] = System.nanoTime();
              } else if (step == WARM_UP + MEASURED) {
                taken[0] = System.nanoTime() - begun[0];
              }
            });
    return new StepProfile(
        MEASURED, taken[0] / MEASURED, profiled.convolutionFloor() / MEASURED, profiled.rows());
  }
}
