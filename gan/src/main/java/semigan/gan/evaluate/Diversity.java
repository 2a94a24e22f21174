package semigan.gan.evaluate;

/** How different from each other images are. */
public final class Diversity {
  private Diversity() {}

  /**
   * The mean Euclidean distance between two of the images.
   *
   * @param images [count, size], as many values for each
   * @param count at least 2
   */
  public static double meanDistance(float[] images, int count) {
    if (count < 2 || images.length % count != 0) {
      throw new IllegalArgumentException(
          "distances between %d images of %d values in all; expected at least 2 of the same size"
              .formatted(count, images.length));
    }
    int size = images.length / count;
    double sum = 0;
    for (int a = 0; a < count; a++) {
      for (int b = 0; b < a; b++) {
        sum += distance(images, a * size, b * size, size);
      }
    }
    return sum / (count * (count - 1L) / 2);
  }

  private static double distance(float[] images, int a, int b, int size) {
    double squares = 0;
    for (int i = 0; i < size; i++) {
      double difference = images[a + i] - images[b + i];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }
}
