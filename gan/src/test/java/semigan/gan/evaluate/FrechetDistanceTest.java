package semigan.gan.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FrechetDistanceTest {
  @Test
  void agreesWithAnotherWayToComputeIt() {
    Features real = Clouds.correlated(60, 6, 0, 1, 1);
    Features generated = Clouds.correlated(45, 6, 0.3, 1.4, 2);
    double expected = independent(Clouds.rows(real), Clouds.rows(generated));
    assertEquals(expected, FrechetDistance.of(real, generated), 1e-6 * expected);
    assertEquals(expected, FrechetDistance.of(generated, real), 1e-6 * expected, "symmetric");
  }

  /** One dimension has a formula: (m1 - m2)^2 + (s1 - s2)^2. */
  @Test
  void agreesWithTheFormulaInOneDimension() {
    Features real = new Features(new float[] {1, 2, 3, 6}, 4, 1); // mean 3, variance 14/3
    Features generated = new Features(new float[] {0, 4, 8}, 3, 1); // mean 4, variance 16
    double roots = Math.sqrt(14.0 / 3) - 4;
    assertEquals(1 + roots * roots, FrechetDistance.of(real, generated), 1e-12);
  }

  @Test
  void aSetIsNoDistanceFromItself() {
    Features set = Clouds.modes(500, 16, 10, 0.25, 3);
    assertEquals(0, FrechetDistance.of(set, set), 1e-6);
  }

  /** A direction without any spread, as a dead unit's, leaves the rest as it was. */
  @Test
  void aConstantFeatureAddsNothing() {
    Features real = Clouds.correlated(60, 3, 0, 1, 1);
    Features generated = Clouds.correlated(60, 3, 0.3, 1.4, 2);
    assertEquals(
        FrechetDistance.of(real, generated),
        FrechetDistance.of(withConstant(real), withConstant(generated)),
        1e-6);
  }

  @Test
  void worseImagesAreFarther() {
    Features real = Clouds.modes(1000, 16, 10, 0.25, 4);
    double floor = FrechetDistance.of(real, Clouds.modes(1000, 16, 10, 0.25, 5));
    double dropped = FrechetDistance.of(real, Clouds.modes(1000, 16, 7, 0.25, 6));
    double collapsed = FrechetDistance.of(real, Clouds.modes(1000, 16, 2, 0.25, 7));
    double blurred = FrechetDistance.of(real, Clouds.modes(1000, 16, 10, 0.5, 8));
    double moreBlurred = FrechetDistance.of(real, Clouds.modes(1000, 16, 10, 1, 9));
    assertTrue(floor < dropped && dropped < collapsed, floor + " " + dropped + " " + collapsed);
    assertTrue(floor < blurred && blurred < moreBlurred, blurred + " " + moreBlurred);
  }

  @Test
  void tooFewImagesAreRefused() {
    Features few = Clouds.correlated(16, 16, 0, 1, 1);
    Features many = Clouds.correlated(17, 16, 0, 1, 1);
    String message =
        assertThrows(IllegalArgumentException.class, () -> FrechetDistance.of(many, few))
            .getMessage();
    assertEquals(
        "FID: 16 generated images, expected more than 16, the length of their features; KID takes fewer",
        message);
    assertTrue(FrechetDistance.of(many, many) < 1e-6);
  }

  @Test
  void featuresOfAnotherNetworkAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            FrechetDistance.of(
                Clouds.correlated(20, 4, 0, 1, 1), Clouds.correlated(20, 5, 0, 1, 1)));
  }

  @Test
  void featuresThatAreNoNumbersAreRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new Features(new float[] {1, 2, 3, Float.NaN}, 2, 2))
            .getMessage();
    assertTrue(message.contains("row 1 of [2,2] holds NaN"), message);
  }

  private static Features withConstant(Features set) {
    float[] values = new float[set.count() * (set.width() + 1)];
    for (int i = 0; i < set.count(); i++) {
      System.arraycopy(set.values(), i * set.width(), values, i * (set.width() + 1), set.width());
    }
    return new Features(values, set.count(), set.width() + 1);
  }

  /**
   * The covariance from all pairs, and the root of the (not symmetric) product of both by the
   * iteration of Denman and Beavers.
   */
  private static double independent(double[][] a, double[][] b) {
    double[][] first = covariance(a);
    double[][] second = covariance(b);
    double[][] root = root(multiply(first, second));
    double distance = 0;
    for (int k = 0; k < first.length; k++) {
      double difference = mean(a, k) - mean(b, k);
      distance += difference * difference + first[k][k] + second[k][k] - 2 * root[k][k];
    }
    return distance;
  }

  private static double mean(double[][] rows, int k) {
    double sum = 0;
    for (double[] row : rows) {
      sum += row[k];
    }
    return sum / rows.length;
  }

  private static double[][] covariance(double[][] rows) {
    int width = rows[0].length;
    double[][] covariance = new double[width][width];
    for (int k = 0; k < width; k++) {
      for (int l = 0; l < width; l++) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
          for (int j = 0; j < i; j++) {
            sum += (rows[i][k] - rows[j][k]) * (rows[i][l] - rows[j][l]);
          }
        }
        covariance[k][l] = sum / rows.length / (rows.length - 1);
      }
    }
    return covariance;
  }

  private static double[][] root(double[][] matrix) {
    double[][] y = matrix;
    double[][] z = identity(matrix.length);
    for (int i = 0; i < 60; i++) {
      double[][] next = halfSum(y, inverse(z));
      z = halfSum(z, inverse(y));
      y = next;
    }
    return y;
  }

  private static double[][] identity(int size) {
    double[][] identity = new double[size][size];
    for (int k = 0; k < size; k++) {
      identity[k][k] = 1;
    }
    return identity;
  }

  private static double[][] halfSum(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][a.length];
    for (int k = 0; k < a.length; k++) {
      for (int l = 0; l < a.length; l++) {
        sum[k][l] = (a[k][l] + b[k][l]) / 2;
      }
    }
    return sum;
  }

  private static double[][] multiply(double[][] a, double[][] b) {
    double[][] product = new double[a.length][a.length];
    for (int k = 0; k < a.length; k++) {
      for (int l = 0; l < a.length; l++) {
        for (int m = 0; m < a.length; m++) {
          product[k][l] += a[k][m] * b[m][l];
        }
      }
    }
    return product;
  }

  /** Gauss and Jordan; its pivots are not small here. */
  private static double[][] inverse(double[][] matrix) {
    int size = matrix.length;
    double[][] left = new double[size][];
    double[][] right = identity(size);
    for (int k = 0; k < size; k++) {
      left[k] = matrix[k].clone();
    }
    for (int k = 0; k < size; k++) {
      double pivot = left[k][k];
      for (int l = 0; l < size; l++) {
        left[k][l] /= pivot;
        right[k][l] /= pivot;
      }
      for (int row = 0; row < size; row++) {
        double factor = left[row][k];
        for (int l = 0; row != k && l < size; l++) {
          left[row][l] -= factor * left[k][l];
          right[row][l] -= factor * right[k][l];
        }
      }
    }
    return right;
  }
}
