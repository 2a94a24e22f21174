package semigan.gan.evaluate;

import java.util.Arrays;

/**
 * Whether a discriminator knows its training images by heart: then it finds them more real than
 * test images.
 *
 * @param train mean probability of being real that it gives to training images
 * @param test to test images
 * @param generated to generated images
 * @param advantage in what share of pairs a training image scores above a test image: 0.5 if it
 *     does not know them
 * @param deviation the standard deviation of that share if it does not know them (Mann and Whitney
 *     1947)
 */
public record Overfitting(
    double train, double test, double generated, double advantage, double deviation) {
  static Overfitting of(Verdicts train, Verdicts test, Verdicts generated) {
    return new Overfitting(
        train.meanReal(),
        test.meanReal(),
        generated.meanReal(),
        advantage(train.realLogits(), test.realLogits()),
        deviation(train.realLogits().length, test.realLogits().length));
  }

  private static double deviation(double first, double second) {
    return Math.sqrt((first + second + 1) / (12 * first * second));
  }

  /** Equal scores count half. */
  static double advantage(double[] scores, double[] others) {
    double[] ascending = others.clone();
    Arrays.sort(ascending);
    double pairs = 0;
    for (double score : scores) {
      int below = countBelow(ascending, score);
      pairs += (below + countBelow(ascending, Math.nextUp(score))) / 2.0;
    }
    return pairs / scores.length / others.length;
  }

  private static int countBelow(double[] ascending, double bound) {
    int low = 0;
    int high = ascending.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ascending[middle] < bound) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
