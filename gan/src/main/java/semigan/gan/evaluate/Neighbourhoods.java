package semigan.gan.evaluate;

import java.util.Arrays;

/** The balls that measures of support put around each image: as far as its k-th neighbour. */
final class Neighbourhoods {
  private Neighbourhoods() {}

  /**
   * The squared distance from each row to the {@code k}-th nearest of the others.
   *
   * @return {@code [count]}
   */
  static double[] squaredRadii(Features set, int k) {
    double[][] nearest = new double[set.count()][k]; // ascending
    for (double[] row : nearest) {
      Arrays.fill(row, Double.POSITIVE_INFINITY);
    }
    Pairs.squaredDistances(
        set,
        set,
        (row, first, values, count) -> {
          for (int j = 0; j < count; j++) {
            if (values[j] < nearest[row][k - 1] && row != first + j) {
              insert(nearest[row], values[j]);
            }
          }
        });
    double[] radii = new double[set.count()];
    Arrays.setAll(radii, i -> nearest[i][k - 1]);
    return radii;
  }

  private static void insert(double[] ascending, double value) {
    int place = ascending.length - 1;
    for (; place > 0 && ascending[place - 1] > value; place--) {
      ascending[place] = ascending[place - 1];
    }
    ascending[place] = value;
  }
}
