package semigan.gan.evaluate;

import java.util.Random;

/** Features drawn from known distributions. */
final class Clouds {
  private Clouds() {}

  /** Normal with another mean and deviation in each direction, all of them correlated. */
  static Features correlated(int count, int width, double shift, double scale, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count * width];
    for (int i = 0; i < count; i++) {
      double common = random.nextGaussian();
      for (int k = 0; k < width; k++) {
        values[i * width + k] =
            (float) (shift + scale * (k + 1) * (random.nextGaussian() + 0.5 * common) / width);
      }
    }
    return new Features(values, count, width);
  }

  /**
   * Each in one of {@code modes} classes by chance, whose centres lie about 1 apart in each
   * direction.
   */
  static Features modes(int count, int width, int modes, double deviation, long seed) {
    Random centres = new Random(99);
    double[][] centre = new double[10][width];
    for (double[] row : centre) {
      for (int k = 0; k < width; k++) {
        row[k] = centres.nextGaussian();
      }
    }
    Random random = new Random(seed);
    float[] values = new float[count * width];
    for (int i = 0; i < count; i++) {
      double[] middle = centre[random.nextInt(modes)];
      for (int k = 0; k < width; k++) {
        values[i * width + k] = (float) (middle[k] + deviation * random.nextGaussian());
      }
    }
    return new Features(values, count, width);
  }

  /** {@code [i][k]}. */
  static double[][] rows(Features set) {
    double[][] rows = new double[set.count()][set.width()];
    for (int i = 0; i < set.count(); i++) {
      for (int k = 0; k < set.width(); k++) {
        rows[i][k] = set.values()[i * set.width() + k];
      }
    }
    return rows;
  }
}
