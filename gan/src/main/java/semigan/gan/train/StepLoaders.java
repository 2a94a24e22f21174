package semigan.gan.train;

import semigan.gan.data.Augmentation;
import semigan.gan.data.Batch;
import semigan.gan.data.BatchLoader;
import semigan.gan.data.ImageDataset;

/** Prepares the images of a run's steps; which, is a function of the config and the step alone. */
final class StepLoaders implements AutoCloseable {
  /** Seeds of the orders in which images are gone through. */
  private static final int UNLABELLED = 1;

  private static final int LABELLED = 2;
  private static final int OTHERS = 3;
  static final int DENSITY = 4;

  private static final int TEACHERS_VIEW = 1;

  private final BatchLoader labelled;
  private final BatchLoader unlabelled;
  private final BatchLoader forTeacher;
  private final BatchLoader others;

  /**
   * @param train the images to learn from
   * @param known those of them whose label may be looked at; may be none
   * @param done steps that were taken already
   */
  StepLoaders(TrainConfig config, ImageDataset train, int[] known, long done) {
    DataSettings images = config.images();
    Augmentation taught =
        new Augmentation(images.shift(), images.flip(), images.teacherDistortion(), TEACHERS_VIEW);
    Augmentation plainly = new Augmentation(images.shift(), images.flip(), 0);
    Augmentation distorted = new Augmentation(images.shift(), images.flip(), images.distortion());
    int[] all = allOf(train);
    int batch = config.learning().batch();
    long seed = seed(config);
    boolean unknown = !config.labelledAlone();
    boolean compares = unknown && config.objective().consistency() > 0;
    labelled =
        known.length == 0
            ? null
            : new BatchLoader(
                train,
                known,
                config.learning().labelledBatch(),
                seed + LABELLED,
                done,
                distorted,
                images.mixup());
    unlabelled =
        unknown
            ? new BatchLoader(
                train, all, batch, seed + UNLABELLED, done, compares ? distorted : plainly)
            : null;
    forTeacher =
        compares ? new BatchLoader(train, all, batch, seed + UNLABELLED, done, taught) : null;
    others =
        unknown && config.matchesFreshFeatures()
            ? new BatchLoader(train, all, batch, seed + OTHERS, done, plainly)
            : null;
  }

  /** To which that of an order is added. */
  static long seed(TrainConfig config) {
    return 31 * config.run().seed();
  }

  private static int[] allOf(ImageDataset train) {
    int[] all = new int[train.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    return all;
  }

  StepBatches next() {
    return new StepBatches(next(labelled), next(unlabelled), next(forTeacher), next(others));
  }

  private static Batch next(BatchLoader loader) {
    return loader == null ? null : loader.next();
  }

  @Override
  public void close() {
    for (BatchLoader loader : new BatchLoader[] {labelled, unlabelled, forTeacher, others}) {
      if (loader != null) {
        loader.close();
      }
    }
  }
}
