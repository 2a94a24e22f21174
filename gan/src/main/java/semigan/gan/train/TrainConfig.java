package semigan.gan.train;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that a training run is made of; what {@code config.json} holds.
 *
 * @param data name of a data set, or a directory
 * @param dataDir where to look for it first, or null
 * @param labels how many training images keep their label, as many of each class; 0 for none
 * @param size height and width that images of a folder are brought to, and of the canvas: 32 or 64
 * @param steps how many to take
 * @param batch unlabelled images a step, and as many generated ones
 * @param labelledBatch labelled images a step
 * @param shift augmentation: moves training images by up to so many pixels each way
 * @param flip augmentation: mirrors every other training image, left to right
 * @param augment what is changed in real and generated images before the discriminator sees them;
 *     null, as in files from before there was this, is none
 * @param filters channels of the discriminator's first layer and of the generator's last hidden one
 * @param latent length of the generator's input
 * @param generatorLoss what the generator is trained for
 * @param generatorRate learning rate of the generator's Adam
 * @param discriminatorRate learning rate of the discriminator's Adam
 * @param beta1 decay of both Adams' first moment
 * @param decayFrom share of the run after which the rates fall linearly to 0
 * @param averagingRate share of the newest weights in each step's running average
 * @param seed of everything random
 * @param device name of the backend: {@code cpu}, {@code cuda}, {@code cuda:1}
 * @param precision how activations are stored in training
 * @param sampleEvery steps between sample grids
 * @param evaluateEvery steps between measurements on the test images
 * @param checkpointEvery steps between checkpoints
 */
public record TrainConfig(
    String data,
    String dataDir,
    int labels,
    int size,
    long steps,
    int batch,
    int labelledBatch,
    int shift,
    boolean flip,
    Set<DiffAugment> augment,
    int filters,
    int latent,
    GeneratorLoss generatorLoss,
    float generatorRate,
    float discriminatorRate,
    float beta1,
    float decayFrom,
    float averagingRate,
    long seed,
    String device,
    Precision precision,
    long sampleEvery,
    long evaluateEvery,
    long checkpointEvery) {
  public TrainConfig {
    Set<DiffAugment> ordered = EnumSet.noneOf(DiffAugment.class);
    ordered.addAll(augment == null ? Set.of() : augment);
    augment = Collections.unmodifiableSet(ordered);
    if (labels < 0) {
      throw new IllegalArgumentException("labels must not be negative but are " + labels);
    }
    positive("steps", steps);
    positive("batch", batch);
    positive("labelledBatch", labelledBatch);
    positive("filters", filters);
    positive("latent", latent);
    positive("sampleEvery", sampleEvery);
    positive("evaluateEvery", evaluateEvery);
    positive("checkpointEvery", checkpointEvery);
    if (batch < 2) {
      throw new IllegalArgumentException(
          "batch must be at least 2, since batch normalisation needs a variance, but is " + batch);
    }
    if (!List.of(32, 64).contains(size)) {
      throw new IllegalArgumentException("size must be 32 or 64 but is " + size);
    }
    if (shift < 0) {
      throw new IllegalArgumentException("shift must not be negative but is " + shift);
    }
    rate("generatorRate", generatorRate);
    rate("discriminatorRate", discriminatorRate);
    share("beta1", beta1);
    share("decayFrom", decayFrom);
    share("averagingRate", averagingRate);
  }

  /** This config on the device that was found. */
  public TrainConfig on(String found) {
    return with(batch, found);
  }

  /** This config with another batch size. */
  TrainConfig withBatch(int other) {
    return with(other, device);
  }

  private TrainConfig with(int batch, String device) {
    return new TrainConfig(
        data,
        dataDir,
        labels,
        size,
        steps,
        batch,
        labelledBatch,
        shift,
        flip,
        augment,
        filters,
        latent,
        generatorLoss,
        generatorRate,
        discriminatorRate,
        beta1,
        decayFrom,
        averagingRate,
        seed,
        device,
        precision,
        sampleEvery,
        evaluateEvery,
        checkpointEvery);
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive but is " + value);
    }
  }

  private static void rate(String name, float value) {
    if (!(value > 0 && Float.isFinite(value))) {
      throw new IllegalArgumentException(name + " must be positive but is " + value);
    }
  }

  private static void share(String name, float value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be between 0 and 1 but is " + value);
    }
  }
}
