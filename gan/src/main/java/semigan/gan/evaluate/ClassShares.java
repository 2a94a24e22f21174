package semigan.gan.evaluate;

/**
 * How often each class is drawn, as a classifier sees it.
 *
 * @param generated share of each class among the generated images
 * @param test share of each class among the test images, by the same classifier
 */
public record ClassShares(double[] generated, double[] test) {
  static ClassShares of(int[] generated, int[] test, int classes) {
    return new ClassShares(shares(generated, classes), shares(test, classes));
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
