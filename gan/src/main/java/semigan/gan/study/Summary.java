package semigan.gan.study;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * What several measurements of one quantity say together.
 *
 * @param count how many there are
 * @param mean of them
 * @param deviation standard deviation of the sample, with {@code count - 1} below; NaN for one
 * @param median of them
 * @param upperBound one-sided 95% bound of the mean of all there could be, by Student's t: it lies
 *     below this; NaN for one
 */
public record Summary(int count, double mean, double deviation, double median, double upperBound) {
  private static final double CONFIDENCE = 0.95;

  /**
   * @param values at least one
   */
  public static Summary of(double... values) {
    int count = values.length;
    if (count == 0) {
      throw new IllegalArgumentException("a summary needs at least one value");
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double deviation = deviation(values, mean);
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    return new Summary(count, mean, deviation, median, mean + margin(count, deviation));
  }

  private static double deviation(double[] values, double mean) {
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return values.length == 1 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
  }

  private static double margin(int count, double deviation) {
    return count == 1
        ? Double.NaN
        : TDistribution.of(count - 1).inverseCumulativeProbability(CONFIDENCE)
            * deviation
            / Math.sqrt(count);
  }
}
