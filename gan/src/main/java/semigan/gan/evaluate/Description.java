package semigan.gan.evaluate;

import java.util.Arrays;

/**
 * What a feature classifier says of images.
 *
 * @param features of each image
 * @param classes the most probable class of each
 */
public record Description(Features features, int[] classes) {
  /** Images {@code from} up to {@code to}. */
  public Description rows(int from, int to) {
    return new Description(features.rows(from, to), Arrays.copyOfRange(classes, from, to));
  }
}
