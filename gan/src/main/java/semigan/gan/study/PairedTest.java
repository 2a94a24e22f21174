package semigan.gan.study;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Whether one of two methods, measured on the same seeds, is better: Student's t of the
 * differences.
 *
 * @param differences of the first method's value less the second's, over the seeds
 * @param t the mean difference in units of its standard error; NaN where it cannot be said
 * @param p how probable a difference as large, either way, is between equal methods; NaN where it
 *     cannot be said: with less than two seeds, or if all differ by the same
 */
public record PairedTest(Summary differences, double t, double p) {
  /**
   * @param first values of one method, at least one
   * @param second values of the other, of the same seeds in the same order
   */
  public static PairedTest of(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "paired values must be as many but are %d and %d".formatted(first.length, second.length));
    }
    double[] differences = new double[first.length];
    Arrays.setAll(differences, i -> first[i] - second[i]);
    Summary summary = Summary.of(differences);
    if (!(summary.deviation() > 0)) { // NaN too
      return new PairedTest(summary, Double.NaN, Double.NaN);
    }
    double t = summary.mean() / (summary.deviation() / Math.sqrt(summary.count()));
    double p = 2 * TDistribution.of(summary.count() - 1).survivalProbability(Math.abs(t));
    return new PairedTest(summary, t, p);
  }
}
