package semigan.gan.train;

import java.nio.file.Path;
import java.util.Optional;
import semigan.gan.data.DataSplit;
import semigan.gan.store.RunFolder;
import semigan.kernels.Backend;
import semigan.kernels.DeviceFailureException;
import semigan.kernels.DeviceMemoryException;

/** What can be done about a run whose device gave out. */
public final class Recovery {
  /** As many as a step takes to be recorded, which may need memory of its own. */
  private static final int REHEARSED = 3;

  private Recovery() {}

  /**
   * Tries smaller batches of what {@link TrainConfig#imagesPerStep} counts, and names the largest
   * that fits.
   *
   * @param config of the run that did not fit
   */
  public static DeviceMemoryException advise(
      DeviceMemoryException failure, TrainConfig config, DataSplit data, Backend device) {
    String option = config.labelledAlone() ? "--labelled-batch" : "--batch";
    for (int batch = config.imagesPerStep() / 2; batch >= 2; batch /= 2) {
      if (fits(config.withImagesPerStep(batch), data, device)) {
        return failure.advising("%s %d fits".formatted(option, batch));
      }
    }
    return failure.advising("not even %s 2 fits; use fewer --filters".formatted(option));
  }

  private static boolean fits(TrainConfig config, DataSplit data, Backend device) {
    device.trim();
    try {
      new TrainingRun(config, data, device).rehearse(step -> step < REHEARSED);
      return true;
    } catch (DeviceMemoryException e) {
      return false;
    }
  }

  /** Names the checkpoint from which the run can go on, and how. */
  public static DeviceFailureException advise(DeviceFailureException failure, RunFolder run) {
    Optional<Path> newest = new Checkpoints(run.checkpoints()).newest();
    return failure.advising(
        newest
            .map(
                checkpoint ->
                    "the last checkpoint is %s; go on with: java -jar gan.jar train --resume %s"
                        .formatted(checkpoint, RunFolder.argument(run.path())))
            .orElse("there is no checkpoint yet"));
  }
}
