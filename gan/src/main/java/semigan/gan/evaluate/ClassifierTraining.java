package semigan.gan.evaluate;

import java.util.stream.IntStream;
import semigan.gan.data.Augmentation;
import semigan.gan.data.Batch;
import semigan.gan.data.BatchLoader;
import semigan.gan.data.ImageDataset;
import semigan.gan.model.Discriminator;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.nn.Adam;
import semigan.nn.Losses;
import semigan.nn.Mode;
import semigan.nn.Schedule;
import semigan.tensor.RandomSource;
import semigan.tensor.RepeatedStep;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Trains a {@link FeatureNetwork} on the labels of a data set, all from one fixed seed. */
final class ClassifierTraining {
  static final int BATCH = 100;
  private static final long SEED = 1;
  private static final float RATE = 2e-3f;
  private static final AdamSettings ADAM = new AdamSettings(0.9f, 0.999f, 1e-8f, false);

  /** Images move by up to this share of their height. */
  private static final int SHIFT_PART = 14;

  private static final int EPOCHS = 8;

  /** Enough to tell good images from bad ones, in seconds. */
  private static final int FEW_STEPS = 300;

  private static final int MOST_EPOCHS = 100;

  private ClassifierTraining() {}

  /** For a classifier as good as this network gets. */
  static long fullSteps(int images) {
    return Math.max((long) EPOCHS * images / BATCH, fewSteps(images));
  }

  /**
   * For one that need only be compared: 300, but no more than a hundred times through few images.
   */
  static long fewSteps(int images) {
    return Math.max(1, Math.min(FEW_STEPS, (long) MOST_EPOCHS * images / BATCH));
  }

  /**
   * @param spec of {@code images}
   * @return the network after so many steps; it belongs to the innermost scope
   * @throws IllegalArgumentException if no image has a label
   */
  static Discriminator train(
      FeatureSpec spec, ImageDataset images, long steps, Backend device, Progress progress) {
    int[] labelled =
        IntStream.range(0, images.size())
            .filter(i -> images.label(i) != ImageDataset.UNLABELLED)
            .toArray();
    if (labelled.length == 0) {
      throw new IllegalArgumentException(
          "%s: no image has a label, so that there is nothing to train a classifier on"
              .formatted(images.name()));
    }
    RandomSource random = new RandomSource(device, SEED);
    Discriminator network = FeatureNetwork.create(spec, random);
    Augmentation augmentation = new Augmentation(spec.height() / SHIFT_PART, false, 0);
    try (Scope scope = Scope.open(device);
        BatchLoader loader = new BatchLoader(images, labelled, BATCH, SEED, 0, augmentation)) {
      run(network, spec, loader, steps, scope.device(), progress);
    }
    return network;
  }

  private static void run(
      Discriminator network,
      FeatureSpec spec,
      BatchLoader loader,
      long steps,
      Backend device,
      Progress progress) {
    Adam optimizer = new Adam(device, network.parameters(), ADAM, RATE);
    Schedule schedule = Schedule.cosine();
    Shape shape = Shape.of(BATCH, spec.height(), spec.width(), spec.channels());
    Tensor x = Tensor.empty(device, DType.F32, shape);
    Tensor labels = Tensor.of(device, Shape.of(BATCH), new int[BATCH]);
    try (var step =
        new RepeatedStep<>(
            device,
            () -> {
              Tensor loss = Losses.crossEntropy(network.forward(x, Mode.TRAIN_TRACKING), labels);
              optimizer.step(loss.backward(network.parameters().values()));
              return loss;
            })) {
      for (long i = 0; i < steps; i++) {
        Batch batch = loader.next();
        device.write(batch.images(), 0, x.buffer());
        device.write(batch.labels(), 0, labels.buffer());
        optimizer.setRate(RATE * schedule.factor((double) i / steps));
        step.run();
        step.release();
        progress.at(i + 1, steps);
      }
    }
  }
}
