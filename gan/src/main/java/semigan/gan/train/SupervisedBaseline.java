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
import semigan.nn.Layer;
import semigan.nn.Losses;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.nn.WeightAverage;
import semigan.tensor.RandomSource;
import semigan.tensor.RepeatedStep;
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
      Module augment = Layer.augment(DiffAugment.together(config.augment()), random);
      AdamSettings settings = new AdamSettings(config.beta1(), 0.999f, 1e-8f, false);
      Adam optimizer =
          new Adam(device, model.parameters(), settings, config.discriminatorRate())
              .averaging(averaging);
      int count = config.labelledBatch();
      Tensor x =
          Tensor.empty(
              device, DType.F32, Shape.of(count, spec.canvas(), spec.canvas(), spec.channels()));
      Tensor labels = Tensor.of(device, Shape.of(count), new int[count]);
      try (var step =
          new RepeatedStep<>(
              device,
              () -> {
                Tensor logits =
                    model.forward(augment.forward(x, Mode.TRAIN_TRACKING), Mode.TRAIN_TRACKING);
                Tensor loss = Losses.crossEntropy(logits, labels);
                optimizer.step(loss.backward(model.parameters().values()));
                return loss;
              })) {
        for (long i = 0; i < Math.min(config.steps(), MAX_STEPS); i++) {
          Batch batch = loader.next();
          device.write(batch.images(), 0, x.buffer());
          device.write(batch.labels(), 0, labels.buffer());
          random.moveTo(i + 1);
          step.run();
          step.release();
        }
      }
      return Accuracy.of(average, test, device);
    }
  }
}
