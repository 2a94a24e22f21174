package semigan.gan.train;

import java.nio.file.Files;
import java.util.List;
import semigan.gan.store.Environment;
import semigan.gan.store.JsonFile;
import semigan.gan.store.MetricsLog;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;
import semigan.kernels.Backend;

/**
 * Where a run begins, or goes on: what in its folder it would overwrite, and what it writes there
 * of its settings and of the machine.
 *
 * @param done how many steps its newest checkpoint has; 0 where it begins
 */
record RunStart(RunFolder folder, TrainConfig config, long done) {
  /** Rates that rise by more than that may undo what was learnt while they were low. */
  private static final float HARMLESS_RISE = 2;

  /**
   * To begin again, or to end earlier, would overwrite what the folder has.
   *
   * @throws IllegalArgumentException if the run has taken more steps than are asked for
   * @throws StoreException if it has a model but no checkpoint
   */
  void requireNothingLost() {
    long steps = config.learning().steps();
    if (done > steps) {
      throw new IllegalArgumentException(
          "%s has taken %d steps, and %d are asked for; give --steps %d or more"
              .formatted(folder, done, steps, done));
    }
    if (done == 0 && Files.exists(folder.model()) && !MetricsLog.read(folder.metrics()).isEmpty()) {
      throw new StoreException(
          "%s has a model but no checkpoint to go on from; start a new run".formatted(folder));
    }
  }

  /**
   * Writes the config and the environment, only once it is certain that the run can go on: options
   * may have changed its settings. What a finished run has learnt from, none can change.
   *
   * @throws StoreException if they cannot be written, or what they said before cannot be read
   */
  void describe(Backend device, TrainingListener listener) {
    List<String> on = List.of(device.description());
    Object environment;
    if (done == 0) {
      environment = Environment.describe(on);
    } else {
      TrainConfig before = TrainConfig.read(folder.config());
      if (done == before.learning().steps() && done == config.learning().steps()) {
        listener.message(
            "%s has taken all of its %d steps; give more --steps to go on".formatted(folder, done));
        return;
      }
      environment = Environment.resumed(folder.environment(), done, config.replaced(before), on);
      tellIfRatesRise(before.learning(), listener);
    }
    // First what would be lost with the config that it tells of.
    JsonFile.write(folder.environment(), environment);
    JsonFile.write(folder.config(), config);
  }

  /** As they do where a run gets more steps: the fall over its end begins later. */
  private void tellIfRatesRise(LearningSettings before, TrainingListener listener) {
    LearningSettings now = config.learning();
    if (now.factor(done) > HARMLESS_RISE * before.factor(done)) {
      listener.message(
          "the learning rates had fallen to %.0f%% of what they began at (%d steps, decayFrom %s) and rise to %.0f%% (%d steps, decayFrom %s): this may undo some of what was learnt"
              .formatted(
                  100 * before.factor(done),
                  before.steps(),
                  before.decayFrom(),
                  100 * now.factor(done),
                  now.steps(),
                  now.decayFrom()));
    }
  }
}
