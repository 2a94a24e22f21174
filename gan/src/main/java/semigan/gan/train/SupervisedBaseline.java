package semigan.gan.train;

import semigan.gan.data.Augmentation;
import semigan.gan.data.Batch;
import semigan.gan.data.BatchLoader;
import semigan.gan.data.ImageDataset;
import semigan.gan.evaluate.Accuracy;
import semigan.gan.model.DcganDiscriminator;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.nn.Adam;
import semigan.nn.Losses;
import semigan.nn.Mode;
import semigan.nn.WeightAverage;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * The same discriminator trained on the labelled images alone: what semi-supervised training is
 * measured against. It takes the same labelled batches, augmentation, learning rate and averaging.
 */
public final class SupervisedBaseline {
  /** More changes nothing: the labelled images are known by heart long before. */
  private static final long MAX_STEPS = 1500;

  private SupervisedBaseline() {}

  /**
   * Trains it and measures it on {@code test}; the averaged weights of the last step are what
   * counts.
   */
  public static Accuracy train(
      TrainConfig config,
      ModelSpec spec,
      ImageDataset train,
      int[] labelled,
      ImageDataset test,
      Backend device) {
    Augmentation augmentation = TrainingRun.augmentation(config);
    try (Scope scope = Scope.open(device);
        BatchLoader loader =
            new BatchLoader(
                train, labelled, config.labelledBatch(), config.seed(), 0, augmentation)) {
      RandomSource random = new RandomSource(scope.device(), config.seed());
      DcganDiscriminator model = new DcganDiscriminator(spec, random);
      DcganDiscriminator average = new DcganDiscriminator(spec, random);
      WeightAverage averaging = new WeightAverage(device, model, average, config.averagingRate());
      AdamSettings settings = new AdamSettings(config.beta1(), 0.999f, 1e-8f, false);
      Adam optimizer = new Adam(device, model.parameters(), settings, config.discriminatorRate());
      for (long i = 0; i < Math.min(config.steps(), MAX_STEPS); i++) {
        step(model, optimizer, loader.next(), spec, device);
        averaging.step();
      }
      return Accuracy.of(average, test, device);
    }
  }

  private static void step(
      DcganDiscriminator model, Adam optimizer, Batch batch, ModelSpec spec, Backend device) {
    try (Scope step = Scope.open(device)) {
      int count = batch.labels().length;
      Shape shape = Shape.of(count, spec.canvas(), spec.canvas(), spec.channels());
      Tensor x = Tensor.empty(step.device(), DType.F32, shape);
      device.write(batch.images(), 0, x.buffer());
      Tensor labels = Tensor.of(device, Shape.of(count), batch.labels());
      Tensor loss = Losses.crossEntropy(model.forward(x, Mode.TRAIN_TRACKING), labels);
      optimizer.step(loss.backward(model.parameters().values()));
    }
  }
}
