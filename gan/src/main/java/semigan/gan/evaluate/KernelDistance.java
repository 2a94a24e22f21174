package semigan.gan.evaluate;

import java.util.Arrays;

/**
 * KID: the unbiased estimate of the squared maximum mean discrepancy between two sets of features
 * under the kernel {@code (x'y / width + 1)^3}; Binkowski et al. 2018, <a
 * href="https://arxiv.org/abs/1801.01401">arXiv:1801.01401</a>. Its expectation is 0 for sets from
 * one distribution, however few, so that it may be a little below.
 *
 * @param value the estimate from all pairs
 * @param low lower end of the 95% interval
 * @param high upper end of the 95% interval
 */
public record KernelDistance(double value, double low, double high) {
  /** Groups of images that the interval leaves out in turn. */
  private static final int GROUPS = 10;

  /** 97.5% quantile of Student's t with {@code GROUPS - 1} degrees of freedom. */
  private static final double STUDENT_T = 2.262157;

  /** So that each group has two of each. */
  public static final int FEWEST = 2 * GROUPS;

  /**
   * Estimates it; the interval is the jackknife's, which leaves out a tenth of both sets at a time
   * (Efron and Stein 1981).
   *
   * @throws IllegalArgumentException if a set has fewer than {@link #FEWEST} images
   */
  public static KernelDistance of(Features real, Features generated) {
    Features.requireComparable("KID", real, generated, FEWEST);
    double[][] within = kernelSums(real, real, true);
    double[][] withinGenerated = kernelSums(generated, generated, true);
    double[][] between = kernelSums(real, generated, false);
    double[] without = new double[GROUPS + 1];
    for (int left = 0; left <= GROUPS; left++) {
      double n = real.count() - groupSize(left, real.count());
      double m = generated.count() - groupSize(left, generated.count());
      without[left] =
          sumWithout(within, left) / (n * (n - 1))
              + sumWithout(withinGenerated, left) / (m * (m - 1))
              - 2 * sumWithout(between, left) / (n * m);
    }
    double value = without[GROUPS];
    double half = STUDENT_T * standardError(without);
    return new KernelDistance(value, value - half, value + half);
  }

  private static double standardError(double[] without) {
    double mean = 0;
    for (int group = 0; group < GROUPS; group++) {
      mean += without[group] / GROUPS;
    }
    double squares = 0;
    for (int group = 0; group < GROUPS; group++) {
      squares += (without[group] - mean) * (without[group] - mean);
    }
    return Math.sqrt(squares * (GROUPS - 1) / GROUPS);
  }

  /** Sums of the kernel over pairs, {@code [group of the first, group of the second]}. */
  private static double[][] kernelSums(Features a, Features b, boolean same) {
    double[][] rows = new double[a.count()][GROUPS];
    int[] groups = new int[b.count()];
    Arrays.setAll(groups, j -> group(j, b.count()));
    Pairs.dotProducts(
        a,
        b,
        (row, first, values, count) -> {
          for (int j = 0; j < count; j++) {
            if (!same || row != first + j) {
              double base = values[j] / a.width() + 1;
              rows[row][groups[first + j]] += base * base * base;
            }
          }
        });
    double[][] sums = new double[GROUPS][GROUPS];
    for (int row = 0; row < rows.length; row++) {
      double[] sum = sums[group(row, a.count())];
      for (int group = 0; group < GROUPS; group++) {
        sum[group] += rows[row][group];
      }
    }
    return sums;
  }

  private static double sumWithout(double[][] sums, int left) {
    double sum = 0;
    for (int a = 0; a < GROUPS; a++) {
      for (int b = 0; b < GROUPS; b++) {
        sum += a == left || b == left ? 0 : sums[a][b];
      }
    }
    return sum;
  }

  private static int group(int row, int count) {
    return (int) ((long) row * GROUPS / count);
  }

  private static int groupSize(int group, int count) {
    int size = 0;
    for (int row = 0; row < count; row++) {
      size += group(row, count) == group ? 1 : 0;
    }
    return size;
  }
}
