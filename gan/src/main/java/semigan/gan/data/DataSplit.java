package semigan.gan.data;

import java.util.function.UnaryOperator;

/** The images to learn from, and those that only ever measure what was learnt. */
public record DataSplit(ImageDataset train, ImageDataset test) {
  /** Checks that the two halves hold images of the same kind. */
  public DataSplit {
    if (train.height() != test.height()
        || train.width() != test.width()
        || train.channels() != test.channels()) {
      throw new DataException(
          "%s holds images of %s but %s of %s; both must be of one size"
              .formatted(train.name(), shape(train), test.name(), shape(test)));
    }
  }

  /** The same view of both halves, for instance one that pads. */
  public DataSplit map(UnaryOperator<ImageDataset> view) {
    return new DataSplit(view.apply(train), view.apply(test));
  }

  private static String shape(ImageDataset images) {
    return images.height() + "x" + images.width() + "x" + images.channels();
  }
}
