package semigan.gan.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import semigan.gan.data.Augmentation;
import semigan.gan.data.Batch;
import semigan.gan.data.BatchLoader;
import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.LabelSplit;
import semigan.gan.data.PaddedDataset;
import semigan.gan.evaluate.Accuracy;
import semigan.gan.image.ImageGrid;
import semigan.gan.image.LossChart;
import semigan.gan.model.ModelSpec;
import semigan.gan.model.Sampler;
import semigan.gan.store.Environment;
import semigan.gan.store.JsonFile;
import semigan.gan.store.MetricsLog;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;
import semigan.kernels.Backend;
import semigan.nn.Schedule;
import semigan.tensor.Scope;

/**
 * A whole training run in its folder: its settings, steps, sample grids on fixed noise,
 * measurements on the test images, metrics, checkpoints, and at the end the averaged model and a
 * chart. It can be stopped after any step, and resumed.
 */
public final class TrainingRun {
  /** Steps over which metrics are averaged into one record. */
  private static final int METRICS_EVERY = 20;

  /** A first look, for those who wait. */
  private static final long FIRST_SAMPLE = 100;

  private static final int GRID_COLUMNS = 10;
  private static final int GRID_ROWS = 6;

  private final TrainConfig config;
  private final ModelSpec spec;
  private final DataSplit data;
  private final int[] labelled;
  private final Backend device;
  private final AtomicBoolean stopRequested = new AtomicBoolean();

  /**
   * Prepares a run, and touches no file yet.
   *
   * @param original the data, at its own size
   * @throws IllegalArgumentException if config and data do not fit together
   */
  public TrainingRun(TrainConfig config, DataSplit original, Backend device) {
    this.config = config;
    this.device = device;
    ImageDataset images = original.train();
    spec =
        new ModelSpec(
            ModelSpec.DCGAN,
            config.size(),
            images.height(),
            images.width(),
            images.channels(),
            config.filters(),
            config.latent(),
            images.classNames());
    data = original.map(part -> new PaddedDataset(part, config.size(), config.size()));
    labelled =
        config.labels() == 0
            ? new int[0]
            : LabelSplit.choose(images, config.labels(), config.seed());
    if (config.batch() > images.size()) {
      throw new IllegalArgumentException(
          "a batch of %d is larger than the data, which has %d training images; --batch can be at most that"
              .formatted(config.batch(), images.size()));
    }
  }

  static Augmentation augmentation(TrainConfig config) {
    return config.shift() == 0 && !config.flip()
        ? null
        : new Augmentation(config.shift(), config.flip());
  }

  public ModelSpec spec() {
    return spec;
  }

  /** Ends the run after the step that is under way, with a checkpoint. Safe from any thread. */
  public void requestStop() {
    stopRequested.set(true);
  }

  /** The discriminator trained on the labelled images alone, measured on the test images. */
  public Accuracy baseline() {
    return SupervisedBaseline.train(config, spec, data.train(), labelled, data.test(), device);
  }

  /**
   * Trains from the newest checkpoint in {@code folder}, if there is one, to the end.
   *
   * @throws DivergedException if a loss is not finite; the folder's earlier files are whole
   * @throws StoreException if the folder cannot be written, or its checkpoints cannot be gone on
   *     from
   */
  public TrainResult run(RunFolder folder, TrainingListener listener) {
    long started = System.nanoTime();
    Checkpoints checkpoints = new Checkpoints(folder.checkpoints());
    try (Scope scope = Scope.open(device);
        GanTrainer trainer = new GanTrainer(config, spec, scope.device())) {
      long first = checkpoints.loadNewest(trainer.state(), listener::message).orElse(0L);
      describe(folder, first);
      try (MetricsLog metrics =
              first == 0
                  ? MetricsLog.open(folder.metrics())
                  : MetricsLog.resume(folder.metrics(), first);
          BatchLoader unlabelledLoader = loader(allImages(), config.batch(), 1, first);
          BatchLoader labelledLoader =
              labelled.length == 0 ? null : loader(labelled, config.labelledBatch(), 2, first)) {
        Progress progress = new Progress(folder, checkpoints, listener, trainer, metrics, first);
        Runnable feed =
            () ->
                trainer.feed(
                    labelledLoader == null ? null : labelledLoader.next(), unlabelledLoader.next());
        if (first < config.steps()) {
          feed.run();
        }
        while (progress.step < config.steps() && !stopRequested.get()) {
          progress.next(feed);
        }
        return finish(progress, started);
      }
    }
  }

  /**
   * Takes steps from the start and keeps nothing, for those who watch the device.
   *
   * @param afterStep hears the number of each step
   */
  void rehearse(int steps, IntConsumer afterStep) {
    try (Scope scope = Scope.open(device);
        BatchLoader unlabelledLoader = loader(allImages(), config.batch(), 1, 0);
        BatchLoader labelledLoader =
            labelled.length == 0 ? null : loader(labelled, config.labelledBatch(), 2, 0);
        GanTrainer trainer = new GanTrainer(config, spec, scope.device())) {
      for (int step = 1; step <= steps; step++) {
        Batch known = labelledLoader == null ? null : labelledLoader.next();
        trainer.step(step, known, unlabelledLoader.next());
        afterStep.accept(step);
      }
    }
  }

  /** Only once it is certain that the run can go on: options may have changed its settings. */
  private void describe(RunFolder folder, long first) {
    JsonFile.write(folder.config(), config);
    if (first == 0) {
      JsonFile.write(folder.environment(), Environment.describe(List.of(device.description())));
    }
  }

  private BatchLoader loader(int[] indices, int batch, int salt, long first) {
    return new BatchLoader(
        data.train(), indices, batch, 31 * config.seed() + salt, first, augmentation(config));
  }

  private int[] allImages() {
    return IntStream.range(0, data.train().size()).toArray();
  }

  private TrainResult finish(Progress progress, long started) {
    boolean finished = progress.step >= config.steps();
    if (progress.step > progress.savedStep) {
      progress.save();
    }
    progress.flush();
    Optional<Accuracy> accuracy = finished ? progress.measure() : Optional.empty();
    progress.sample();
    progress.chart();
    progress.saveModel();
    return new TrainResult(
        progress.folder.path().toString(),
        progress.step,
        finished,
        (System.nanoTime() - started) / 1e9,
        progress.imagesPerSecond(),
        accuracy.map(Accuracy::errors).orElse(-1),
        data.test().size(),
        accuracy.map(Accuracy::share).orElse(Double.NaN));
  }

  /** What changes from step to step. */
  private final class Progress {
    private final RunFolder folder;
    private final Checkpoints checkpoints;
    private final TrainingListener listener;
    private final GanTrainer trainer;
    private final MetricsLog metrics;
    private final Schedule schedule =
        config.decayFrom() < 1 ? Schedule.linearAfter(config.decayFrom()) : Schedule.constant();
    private final long firstStep;
    private long step;
    private long savedStep;
    private long sampledStep;
    private long stepNanos;
    private int summed;
    private StepLosses sum = new StepLosses(0, 0, 0, 0);

    Progress(
        RunFolder folder,
        Checkpoints checkpoints,
        TrainingListener listener,
        GanTrainer trainer,
        MetricsLog metrics,
        long firstStep) {
      this.folder = folder;
      this.checkpoints = checkpoints;
      this.listener = listener;
      this.trainer = trainer;
      this.metrics = metrics;
      this.firstStep = firstStep;
      this.step = firstStep;
      this.savedStep = firstStep;
      this.sampledStep = firstStep;
    }

    /** Takes a step; the device gets the next one's images while it is at work on this one's. */
    void next(Runnable feed) {
      trainer.scaleRates(schedule.factor((double) step / config.steps()));
      long before = System.nanoTime();
      StepLosses losses;
      try {
        trainer.run(step + 1);
        if (step + 1 < config.steps()) {
          feed.run();
        }
        losses = trainer.losses();
      } catch (DivergedException e) {
        throw e.withCheckpoint(checkpoints.newest());
      }
      stepNanos += System.nanoTime() - before;
      step++;
      listener.step(step, config.steps(), losses, imagesPerSecond());
      record(losses);
      boolean last = step == config.steps();
      if (step == FIRST_SAMPLE || step % config.sampleEvery() == 0) {
        sample();
      }
      if (step % config.evaluateEvery() == 0 && !last) {
        measure();
      }
      if (step % config.checkpointEvery() == 0 || last) {
        save();
      }
    }

    double imagesPerSecond() {
      return stepNanos == 0 ? 0 : (step - firstStep) * config.batch() / (stepNanos / 1e9);
    }

    private void record(StepLosses losses) {
      sum = sum.plus(losses);
      summed++;
      if (step % METRICS_EVERY == 0) {
        flush();
      }
    }

    /** Writes the means since the last record. */
    void flush() {
      if (summed > 0) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("lossLabelled", sum.labelled() / summed);
        values.put("lossReal", sum.real() / summed);
        values.put("lossFake", sum.fake() / summed);
        values.put("lossGenerator", sum.generator() / summed);
        values.put("imagesPerSecond", imagesPerSecond());
        metrics.append(step, values);
        sum = new StepLosses(0, 0, 0, 0);
        summed = 0;
      }
    }

    void sample() {
      if (sampledStep == step && step > 0) {
        return;
      }
      sampledStep = step;
      int count = GRID_COLUMNS * GRID_ROWS;
      float[] images = new Sampler(trainer.average(), device, config.seed()).draw(0, count);
      Path file = folder.sample(step);
      ImageGrid.write(
          file, images, count, spec.height(), spec.width(), spec.channels(), GRID_COLUMNS);
      listener.message("step %d: drew %s".formatted(step, file));
    }

    Optional<Accuracy> measure() {
      if (labelled.length == 0) {
        return Optional.empty();
      }
      Accuracy accuracy = Accuracy.of(trainer.average().discriminator(), data.test(), device);
      if (step > firstStep) { // where a run goes on, its record is there already
        metrics.append(step, Map.of("testErrors", accuracy.errors(), "accuracy", accuracy.share()));
      }
      listener.message(
          "step %d: %.2f%% of the test images right (%d errors in %d)"
              .formatted(step, 100 * accuracy.share(), accuracy.errors(), accuracy.total()));
      return Optional.of(accuracy);
    }

    void save() {
      checkpoints.save(step, trainer.state(), trainer.metadata());
      savedStep = step;
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
