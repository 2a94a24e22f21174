package semigan.gan.evaluate;

import java.util.ArrayList;
import java.util.List;
import semigan.gan.data.ImageDataset;

/**
 * Whether a classifier is right as often as its probabilities say; Guo et al. 2017, <a
 * href="https://arxiv.org/abs/1706.04599">arXiv:1706.04599</a>.
 *
 * @param bins of equal width by the probability of the predicted class, the least first
 */
public record Calibration(List<Bin> bins) {
  private static final int BINS = 15;

  /**
   * @param low least probability of its predictions
   * @param high largest
   * @param images how many there are
   * @param confidence mean probability; 0 if there are none
   * @param accuracy share that is right; 0 if there are none
   */
  public record Bin(double low, double high, int images, double confidence, double accuracy) {}

  /** Of the images that have a label. */
  public static Calibration of(Verdicts verdicts, ImageDataset images) {
    int[] counts = new int[BINS];
    int[] right = new int[BINS];
    double[] confidence = new double[BINS];
    for (int i = 0; i < images.size(); i++) {
      if (images.label(i) != ImageDataset.UNLABELLED) {
        float probability = verdicts.confidences()[i];
        int bin = Math.min(BINS - 1, (int) (probability * BINS));
        counts[bin]++;
        confidence[bin] += probability;
        right[bin] += verdicts.classes()[i] == images.label(i) ? 1 : 0;
      }
    }
    List<Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      int some = Math.max(1, counts[bin]);
      bins.add(
          new Bin(
              (double) bin / BINS,
              (bin + 1.0) / BINS,
              counts[bin],
              confidence[bin] / some,
              (double) right[bin] / some));
    }
    return new Calibration(bins);
  }

  /** The expected calibration error: how far both are apart on average, in [0, 1]. */
  public double error() {
    double sum = 0;
    int total = 0;
    for (Bin bin : bins) {
      sum += bin.images * Math.abs(bin.confidence - bin.accuracy);
      total += bin.images;
    }
    return total == 0 ? 0 : sum / total;
  }
}
