package semigan.gan.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.evaluate.Accuracy;
import semigan.gan.evaluate.NotFiniteException;
import semigan.gan.image.LossChart;
import semigan.gan.store.FolderLock;
import semigan.gan.store.MetricsLog;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;
import semigan.kernels.Backend;
import semigan.tensor.Scope;

/**
 * A whole training run in its folder: its settings, steps, sample grids on fixed noise,
 * measurements on the test images or on those held out for it, metrics, checkpoints, and at the end
 * the averaged model and a chart. It can be stopped after any step, and resumed.
 */
public final class TrainingRun {
  /** Steps over which metrics are averaged into one record. */
  private static final int METRICS_EVERY = 20;

  /** A first look, for those who wait. */
  private static final long FIRST_SAMPLE = 100;

  /** From which normalised weights get their first scale. */
  private static final int INITIAL_IMAGES = 500;

  /** More changes nothing: the labelled images are known by heart long before. */
  private static final long BASELINE_STEPS = 1500;

  private final TrainConfig config;
  private final RunData data;
  private final Backend device;
  private final AtomicBoolean stopRequested = new AtomicBoolean();

  /**
   * Prepares a run, and touches no file yet.
   *
   * @param original the data, at its own size
   * @throws IllegalArgumentException if config and data do not fit together, or config and a
   *     teacher, or the device does not have the config's precision
   * @throws StoreException if a teacher of the config is not there
   */
  public TrainingRun(TrainConfig config, DataSplit original, Backend device) {
    this.config = config;
    this.device = device;
    data = RunData.of(config, original);
    // Before there is a folder that would be in the way of a better try.
    GanTrainer.requirePrecision(config, device);
    Teachers.require(config, data.spec());
  }

  /**
   * Refuses teachers that do not suit a run, without a device.
   *
   * @param original the data, at its own size
   * @throws IllegalArgumentException if config and data, or config and a teacher, do not fit
   *     together
   * @throws StoreException if a teacher of the config is not there
   */
  public static void requireTeachers(TrainConfig config, DataSplit original) {
    Teachers.require(config, RunData.of(config, original).spec());
  }

  /** Ends the run after the step that is under way, with a checkpoint. Safe from any thread. */
  public void requestStop() {
    stopRequested.set(true);
  }

  /**
   * The same classifier trained on the labelled images alone, with the same labelled batches,
   * augmentation, learning rate and averaging, measured on the images that the run is measured on:
   * what semi-supervised training is measured against.
   */
  public Accuracy baseline() {
    TrainConfig alone = config.baseline(BASELINE_STEPS);
    try (Scope scope = Scope.open(device);
        StepLoaders loaders = new StepLoaders(alone, data.train(), data.labelled(), 0);
        GanTrainer trainer =
            new GanTrainer(alone, data.spec().withoutGenerator(), scope.device())) {
      initialise(trainer);
      for (long step = 1; step <= alone.learning().steps(); step++) {
        trainer.step(step, loaders.next());
      }
      return Accuracy.of(trainer.average().discriminator(), data.watched(), device);
    }
  }

  /**
   * Trains from the newest checkpoint in {@code folder}, if there is one, to the end.
   *
   * @throws IllegalArgumentException if the folder's run has taken more steps than the config says,
   *     or learnt other classes than the data has
   * @throws DivergedException if a loss, a gradient or a weight is not finite; the folder's earlier
   *     files are whole
   * @throws NotFiniteException if what the weights say of an image is not finite; as above
   * @throws StoreException if the folder cannot be written, another run is writing to it, its
   *     checkpoints cannot be gone on from, it has a model but no checkpoint, or what it was told
   *     earlier, its config or its environment, cannot be read
   */
  public TrainResult run(RunFolder folder, TrainingListener listener) {
    long started = System.nanoTime();
    Checkpoints checkpoints = new Checkpoints(folder.checkpoints());
    try (FolderLock lock = FolderLock.of(folder.path());
        Scope scope = Scope.open(device);
        GanTrainer trainer = new GanTrainer(config, data.spec(), scope.device())) {
      folder.removeLeftovers();
      listener.message(
          "%s: %d training images, %d labels, on %s; writing to %s"
              .formatted(
                  config.images().data(),
                  data.train().size(),
                  config.images().labels(),
                  device.description(),
                  folder));
      long first =
          checkpoints
              .loadNewest(trainer.state(), data.spec().classes(), listener::message)
              .orElse(0L);
      RunStart start = new RunStart(folder, config, first);
      start.requireNothingLost();
      start.describe(device, listener);
      if (first == 0) {
        initialise(trainer);
        learnDensity(trainer, listener);
      }
      try (RunRecorder recorder = new RunRecorder(folder, first, listener);
          StepLoaders loaders = new StepLoaders(config, data.train(), data.labelled(), first)) {
        Progress progress = new Progress(folder, checkpoints, listener, trainer, recorder, first);
        Runnable feed = () -> trainer.feed(loaders.next());
        if (first < config.learning().steps()) {
          feed.run();
        }
        while (progress.step < config.learning().steps() && !stopRequested.get()) {
          progress.next(feed);
        }
        return finish(progress, started);
      }
    }
  }

  /**
   * Takes steps from the start and keeps nothing, for those who watch the device.
   *
   * @param goOn hears the number of each step, and says whether there is to be another
   */
  void rehearse(IntPredicate goOn) {
    try (Scope scope = Scope.open(device);
        StepLoaders loaders = new StepLoaders(config, data.train(), data.labelled(), 0);
        GanTrainer trainer = new GanTrainer(config, data.spec(), scope.device())) {
      int step = 0;
      do {
        step++;
        trainer.step(step, loaders.next());
      } while (goOn.test(step));
    }
  }

  private void initialise(GanTrainer trainer) {
    if (data.spec().architecture().startsFromImages()) {
      trainer.initialise(data.spread(Math.min(INITIAL_IMAGES, data.train().size())));
    }
  }

  private void learnDensity(GanTrainer trainer, TrainingListener listener) {
    ImageDataset images = data.train();
    int steps = LowDensity.steps(images.size());
    trainer
        .lowDensity()
        .ifPresent(term -> term.learn(images, steps, stopRequested::get, listener::message));
  }

  private TrainResult finish(Progress progress, long started) {
    boolean finished = progress.step >= config.learning().steps();
    if (progress.step > progress.savedStep) {
      progress.save();
    }
    Optional<Accuracy> accuracy = finished ? progress.measure() : Optional.empty();
    progress.sample();
    progress.chart();
    if (progress.step > 0) {
      progress.saveModel();
    }
    return new TrainResult(
        progress.folder.path().toString(),
        progress.step,
        finished,
        (System.nanoTime() - started) / 1e9,
        progress.imagesPerSecond(),
        config.images().heldOut() > 0,
        accuracy.map(Accuracy::errors).orElse(-1),
        data.watched().size(),
        accuracy.map(Accuracy::share).orElse(Double.NaN));
  }

  /** What changes from step to step. */
  private final class Progress {
    private final RunFolder folder;
    private final Checkpoints checkpoints;
    private final TrainingListener listener;
    private final GanTrainer trainer;
    private final RunRecorder recorder;
    private final SampleGrid samples;
    private final long firstStep;
    private long step;
    private long savedStep;
    private long sampledStep;
    private long stepNanos;
    private int summed;
    private StepReport sum = StepReport.NOTHING;

    Progress(
        RunFolder folder,
        Checkpoints checkpoints,
        TrainingListener listener,
        GanTrainer trainer,
        RunRecorder recorder,
        long firstStep) {
      this.folder = folder;
      this.checkpoints = checkpoints;
      this.listener = listener;
      this.trainer = trainer;
      this.recorder = recorder;
      this.samples = new SampleGrid(data, config.run().seed(), device);
      this.firstStep = firstStep;
      this.step = firstStep;
      this.savedStep = firstStep;
      this.sampledStep = firstStep;
    }

    /** Takes a step; the device gets the next one's images while it is at work on this one's. */
    void next(Runnable feed) {
      trainer.adjustTo((double) step / config.learning().steps());
      long before = System.nanoTime();
      StepReport report;
      try {
        trainer.run(step + 1);
        if (step + 1 < config.learning().steps()) {
          feed.run();
        }
        report = trainer.report();
      } catch (DivergedException e) {
        throw diverged(step + 1, e);
      }
      stepNanos += System.nanoTime() - before;
      step++;
      listener.step(step, config.learning().steps(), report.losses(), imagesPerSecond());
      record(report);
      boolean last = step == config.learning().steps();
      if (step == FIRST_SAMPLE || step % config.run().sampleEvery() == 0) {
        sample();
      }
      if (step % config.run().evaluateEvery() == 0 && !last) {
        measure();
      }
      if (step % config.run().checkpointEvery() == 0 || last) {
        save();
      }
    }

    double imagesPerSecond() {
      return stepNanos == 0 ? 0 : (step - firstStep) * config.imagesPerStep() / (stepNanos / 1e9);
    }

    private void record(StepReport report) {
      sum = sum.plus(report);
      summed++;
      if (step % METRICS_EVERY == 0) {
        flush();
      }
    }

    /** Writes the means since the last record. */
    void flush() {
      if (summed > 0) {
        Map<String, Number> values =
            sum.means(summed, data.spec().generates(), config.objective().regularises());
        values.put("imagesPerSecond", imagesPerSecond());
        recorder.record(step, values);
        sum = StepReport.NOTHING;
        summed = 0;
      }
    }

    void sample() {
      if (!data.spec().generates() || sampledStep == step && step > 0) {
        return;
      }
      sampledStep = step;
      Path file = folder.sample(step);
      samples.write(file, trainer.average());
      listener.message("step %d: drew %s".formatted(step, file));
      recorder.picture(step, "samples", file);
      // The average forgets too slowly to show a collapse.
      recorder.record(step, samples.diversity(trainer.model()));
    }

    /** On the images kept apart for it, at the end too: who tunes is not to see test errors. */
    Optional<Accuracy> measure() {
      if (data.labelled().length == 0) {
        return Optional.empty();
      }
      boolean onTest = config.images().heldOut() == 0;
      Accuracy accuracy = Accuracy.of(trainer.average().discriminator(), data.watched(), device);
      String errors = onTest ? "testErrors" : "heldOutErrors";
      if (!isRecorded(errors)) {
        recorder.record(
            step,
            Map.of(
                errors,
                accuracy.errors(),
                onTest ? "accuracy" : "heldOutAccuracy",
                accuracy.share()));
      }
      listener.message(
          "step %d: %.2f%% of the %s images right (%d errors in %d)"
              .formatted(
                  step,
                  100 * accuracy.share(),
                  onTest ? "test" : "held-out",
                  accuracy.errors(),
                  accuracy.total()));
      return Optional.of(accuracy);
    }

    /** As it may be where a run goes on. */
    private boolean isRecorded(String name) {
      return step == firstStep
          && MetricsLog.read(folder.metrics()).stream()
              .anyMatch(
                  record ->
                      record.containsKey(name)
                          && record.get("step") instanceof Number at
                          && at.longValue() == step);
    }

    void save() {
      flush(); // a run that goes on from here knows no sum of earlier steps
      try {
        trainer.requireFinite();
      } catch (DivergedException e) {
        throw diverged(step, e);
      }
      checkpoints.save(step, trainer.state(), trainer.metadata());
      savedStep = step;
    }

    /** Records it, and adds what there is to go on from. */
    private DivergedException diverged(long at, DivergedException e) {
      DivergedException advised = e.withCheckpoint(checkpoints.newest());
      flush();
      recorder.warn(at, advised.getMessage());
      return advised;
    }

    void saveModel() {
      try {
        trainer.average().save(folder.model());
      } catch (IOException e) {
        throw new StoreException(e.getMessage(), e);
      }
    }

    void chart() {
      if (!LossChart.write(folder.lossChart(), MetricsLog.read(folder.metrics()))) {
        listener.message(
            "no chart was drawn: this system has no fonts; install fontconfig and a font");
      }
    }
  }
}
