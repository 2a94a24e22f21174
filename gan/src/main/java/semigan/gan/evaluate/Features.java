package semigan.gan.evaluate;

import java.util.Arrays;

/**
 * What a network makes of images: a vector for each.
 *
 * @param values {@code [count, width]}, row-major, finite
 * @param count images
 * @param width length of a vector
 */
public record Features(float[] values, int count, int width) {
  /** Checks that the values are as many as said, and numbers. */
  public Features {
    if (count < 0 || width < 1 || values.length != (long) count * width) {
      throw new IllegalArgumentException(
          "features: %d values for [%d,%d], expected %d"
              .formatted(values.length, count, width, (long) count * width));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "features: row %d of [%d,%d] holds %s; the network that made them has diverged"
                .formatted(i / width, count, width, values[i]));
      }
    }
  }

  /** Rows {@code from} up to {@code to}. */
  public Features rows(int from, int to) {
    return new Features(Arrays.copyOfRange(values, from * width, to * width), to - from, width);
  }

  /** Refuses two sets that no measure can compare. */
  static void requireComparable(String measure, Features real, Features generated, int fewest) {
    if (real.width != generated.width) {
      throw new IllegalArgumentException(
          "%s: real images have %d features but generated ones %d; take both from one network"
              .formatted(measure, real.width, generated.width));
    }
    int fewer = Math.min(real.count, generated.count);
    if (fewer < fewest) {
      throw new IllegalArgumentException(
          "%s: %d real and %d generated images, expected at least %d of each"
              .formatted(measure, real.count, generated.count, fewest));
    }
  }
}
