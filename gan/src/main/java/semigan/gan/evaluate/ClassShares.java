package semigan.gan.evaluate;

/**
 * How often each class is drawn, as a classifier sees it.
 *
 * @param generated share of each class among the generated images
 * @param test share of each class among the test images, by the same classifier
 * @param generatedImages how many were looked at
 * @param testImages as many of the test images
 */
public record ClassShares(double[] generated, double[] test, int generatedImages, int testImages) {
  static ClassShares of(int[] generated, int[] test, int classes) {
    return new ClassShares(
        shares(generated, classes), shares(test, classes), generated.length, test.length);
  }

  /**
   * How much less often a class is drawn than it is among the test images, in standard errors of
   * that difference if both were drawn with the share that it has in all of them.
   */
  double deficit(int label) {
    double both =
        (generated[label] * generatedImages + test[label] * testImages)
            / (generatedImages + testImages);
    double error = Math.sqrt(both * (1 - both) * (1.0 / generatedImages + 1.0 / testImages));
    return (test[label] - generated[label]) / error;
  }

  /**
   * How far both shares are from those of one source, as a standard normal deviate: Pearson's
   * chi-squared of the counts, made nearly normal by its cube root (Wilson and Hilferty 1931).
   */
  double disparity() {
    double sum = 0;
    int degrees = -1;
    for (int k = 0; k < generated.length; k++) {
      double both = generated[k] * generatedImages + test[k] * testImages;
      if (both > 0) {
        double apart = generated[k] - test[k];
        sum += apart * apart * generatedImages * testImages / both;
        degrees++;
      }
    }
    if (degrees < 1) {
      return 0;
    }
    double spread = 2.0 / (9 * degrees);
    return (Math.cbrt(sum / degrees) - (1 - spread)) / Math.sqrt(spread);
  }

  private static double[] shares(int[] predicted, int classes) {
    double[] shares = new double[classes];
    for (int label : predicted) {
      shares[label]++;
    }
    for (int k = 0; k < classes; k++) {
      shares[k] /= predicted.length;
    }
    return shares;
  }
}
