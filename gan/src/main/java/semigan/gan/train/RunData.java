package semigan.gan.train;

import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.LabelSplit;
import semigan.gan.data.PaddedDataset;
import semigan.gan.data.Subset;
import semigan.gan.model.ModelSpec;

/**
 * A data set as one config uses it, on the networks' canvas.
 *
 * @param spec of the model that learns from it
 * @param train the images to learn from
 * @param watched those to measure on: held out of training, or the test images
 * @param labelled which of {@code train} show their label
 */
public record RunData(ModelSpec spec, ImageDataset train, ImageDataset watched, int[] labelled) {
  /**
   * @param original the data, at its own size
   * @throws IllegalArgumentException if config and data do not fit together
   */
  public static RunData of(TrainConfig config, DataSplit original) {
    DataSettings settings = config.images();
    ImageDataset images = original.train();
    ModelSpec spec =
        new ModelSpec(
            config.network().architecture(),
            settings.size(),
            images.height(),
            images.width(),
            images.channels(),
            config.network().filters(),
            config.network().latent(),
            images.classNames());
    DataSplit padded =
        original.map(part -> new PaddedDataset(part, settings.size(), settings.size()));
    int[] apart = LabelSplit.heldOut(images, settings.heldOut());
    ImageDataset train = apart.length == 0 ? padded.train() : Subset.without(padded.train(), apart);
    ImageDataset watched = apart.length == 0 ? padded.test() : Subset.of(padded.train(), apart);
    int[] labelled =
        settings.labels() == 0
            ? new int[0]
            : LabelSplit.choose(train, settings.labels(), config.run().seed());
    if (!config.labelledAlone() && config.learning().batch() > train.size()) {
      throw new IllegalArgumentException(
          "a batch of %d is larger than the data, which has %d training images; --batch can be at most that"
              .formatted(config.learning().batch(), train.size()));
    }
    return new RunData(spec, train, watched, labelled);
  }

  /**
   * Training images from all over, since a folder's are sorted by class.
   *
   * @param count how many, at most all
   * @return one image after the other, each as an {@link ImageDataset} reads it
   */
  float[] spread(int count) {
    float[] images = new float[count * train.imageLength()];
    for (int i = 0; i < count; i++) {
      int index = (int) ((long) i * train.size() / count);
      train.read(index, images, i * train.imageLength());
    }
    return images;
  }
}
