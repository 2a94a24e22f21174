package semigan.gan.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import semigan.gan.data.DataSplit;
import semigan.gan.store.FolderLock;
import semigan.gan.store.RunFolder;
import semigan.gan.train.TrainConfig;
import semigan.gan.train.TrainResult;
import semigan.gan.train.TrainingRun;
import semigan.kernels.Backend;

/**
 * The same training over several seeds, each with labels of its own choice. What counts is the
 * averaged model of the last step, measured once: on the test images, by which nothing is chosen,
 * or on those held out of training. It can be stopped at any time, and goes on where it was:
 * finished seeds are not run again, and one that was stopped goes on from its last checkpoint.
 */
public final class Study {
  private static final int STOP_SECONDS = 120;

  private final TrainConfig config;
  private final DataSplit data;
  private final StudyFolder folder;
  private final Supplier<Backend> devices;
  private final List<TrainingRun> running = new ArrayList<>();
  private boolean stopped;

  /**
   * @param config of any of its seeds
   * @param devices opens one for each seed that runs; it is closed again
   */
  public Study(TrainConfig config, DataSplit data, StudyFolder folder, Supplier<Backend> devices) {
    this.config = config;
    this.data = data;
    this.folder = folder;
    this.devices = devices;
  }

  /**
   * Runs those of the seeds that are not finished, in their order.
   *
   * @param atOnce how many beside each other, each on a thread and a device of its own
   * @throws semigan.gan.store.StoreException if another study is writing to the folder
   */
  public void run(List<Long> seeds, int atOnce, StudyListener listener) {
    try (FolderLock lock = FolderLock.of(folder.path())) {
      runOpen(seeds, atOnce, listener);
    }
  }

  private void runOpen(List<Long> seeds, int atOnce, StudyListener listener) {
    folder.reload();
    Queue<Long> open = new ConcurrentLinkedQueue<>();
    for (long seed : seeds) {
      folder
          .result(seed)
          .filter(SeedResult::finished)
          .ifPresentOrElse(result -> listener.ended(result, true), () -> open.add(seed));
    }
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    try {
      List<Future<?>> lanes = new ArrayList<>();
      for (int i = 0; i < atOnce; i++) {
        lanes.add(threads.submit(() -> runAll(open, listener)));
      }
      for (Future<?> lane : lanes) {
        lane.get();
      }
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } catch (InterruptedException e) {
      requestStop();
      Thread.currentThread().interrupt();
    } finally {
      threads.shutdown();
      awaitOthers(threads);
    }
  }

  private static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException own ? own : new IllegalStateException(failure);
  }

  /** Where one seed failed, the others stop with a checkpoint, which takes a step of each. */
  private static void awaitOthers(ExecutorService threads) {
    try {
      threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where one seed fails, the others need not go on. */
  private void runAll(Queue<Long> open, StudyListener listener) {
    try {
      for (Long seed = open.poll(); seed != null && !isStopped(); seed = open.poll()) {
        run(seed, listener);
      }
    } catch (RuntimeException | Error e) {
      requestStop();
      throw e;
    }
  }

  private void run(long seed, StudyListener listener) {
    double before = folder.result(seed).map(SeedResult::seconds).orElse(0.0);
    try (Backend device = devices.get()) {
      TrainConfig own = ofSeed(config, seed);
      TrainingRun run = new TrainingRun(own.on(device.name()), data, device);
      if (!enter(run)) {
        return;
      }
      RunFolder runFolder = folder.run(seed);
      TrainResult result;
      try {
        result = run.run(runFolder, listener.begins(seed, runFolder));
      } finally {
        leave(run);
      }
      SeedResult reached =
          new SeedResult(
              seed,
              result.step(),
              result.finished(),
              result.heldOut(),
              result.errors(),
              result.images(),
              before + result.seconds());
      folder.put(reached);
      if (result.finished()) {
        listener.ended(reached, false);
      }
    }
  }

  /**
   * The config of one seed's run. What teaches it are the runs of this seed in the studies that
   * teach.
   *
   * @throws semigan.gan.store.StoreException if one of those has not finished it
   */
  public static TrainConfig ofSeed(TrainConfig config, long seed) {
    List<Path> teachers = new ArrayList<>();
    for (String study : config.images().teacher()) {
      teachers.add(StudyFolder.open(Path.of(study)).finished(seed).path());
    }
    return config.withSeed(seed).withTeachers(teachers);
  }

  private synchronized boolean enter(TrainingRun run) {
    return !stopped && running.add(run);
  }

  private synchronized void leave(TrainingRun run) {
    running.remove(run);
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  /** Ends the study after the steps that are under way, with checkpoints. Safe from any thread. */
  public synchronized void requestStop() {
    stopped = true;
    running.forEach(TrainingRun::requestStop);
  }
}
