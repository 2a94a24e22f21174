package semigan.gan.evaluate;

import java.util.List;
import semigan.gan.data.ImageDataset;

/**
 * What images a feature classifier was trained on; in the metadata of its file.
 *
 * @param data the data set's name, as the user called it
 * @param height of its images
 * @param width of its images
 * @param channels 1 or 3
 * @param classes names of its classes
 */
public record FeatureSpec(String data, int height, int width, int channels, List<String> classes) {
  private static final int SMALLEST = 8;

  public FeatureSpec {
    classes = List.copyOf(classes);
    if (height < SMALLEST || width < SMALLEST) {
      throw new IllegalArgumentException(
          "feature classifier: images of %dx%d, expected %dx%d or larger"
              .formatted(height, width, SMALLEST, SMALLEST));
    }
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "feature classifier: images of %d channels, expected 1 or 3".formatted(channels));
    }
    if (classes.size() < 2) {
      throw new IllegalArgumentException(
          "feature classifier: %d classes in %s, expected 2 or more; without classes there is nothing to learn features from"
              .formatted(classes.size(), data));
    }
  }

  /** The spec of a data set's own classifier. */
  public static FeatureSpec of(String data, ImageDataset images) {
    return new FeatureSpec(
        data, images.height(), images.width(), images.channels(), images.classNames());
  }

  /**
   * @throws IllegalArgumentException if {@code images} are of another size or other classes
   */
  void requireFit(ImageDataset images) {
    if (images.height() != height
        || images.width() != width
        || images.channels() != channels
        || !images.classNames().equals(classes)) {
      throw new IllegalArgumentException(
          "the feature classifier of %s is for %dx%dx%d images of %s, but %s has %dx%dx%d of %s; train one for it with 'features'"
              .formatted(
                  data,
                  height,
                  width,
                  channels,
                  String.join(", ", classes),
                  images.name(),
                  images.height(),
                  images.width(),
                  images.channels(),
                  String.join(", ", images.classNames())));
    }
  }
}
