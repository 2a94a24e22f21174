package semigan.gan.evaluate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A number for every pair of a row of one set and a row of another, in double, on all cores. No
 * more than a strip of them is ever in memory.
 */
final class Pairs {
  private static final int ROWS = 32;

  /** So that a strip of the second set stays in the cache while the rows go by. */
  private static final int COLUMNS = 128;

  /** Takes a piece of one row; pieces of a row come in order, and from one thread. */
  @FunctionalInterface
  interface Piece {
    /**
     * @param row of the first set
     * @param first row of the second set that {@code values[0]} belongs to
     * @param values one for each of {@code count} rows of the second set, used again afterwards
     */
    void accept(int row, int first, double[] values, int count);
  }

  private enum Kind {
    DOT_PRODUCT,
    SQUARED_DISTANCE
  }

  private Pairs() {}

  /** {@code sum_k a_ik b_jk}. */
  static void dotProducts(Features a, Features b, Piece piece) {
    each(Kind.DOT_PRODUCT, a, b, piece);
  }

  /** {@code sum_k (a_ik - b_jk)^2}: exactly 0 for equal rows. */
  static void squaredDistances(Features a, Features b, Piece piece) {
    each(Kind.SQUARED_DISTANCE, a, b, piece);
  }

  private static void each(Kind kind, Features a, Features b, Piece piece) {
    double[][] strips = strips(b);
    IntStream.range(0, (a.count() + ROWS - 1) / ROWS)
        .parallel()
        .forEach(
            chunk -> {
              double[] values = new double[COLUMNS];
              int end = Math.min(a.count(), (chunk + 1) * ROWS);
              for (int s = 0; s < strips.length; s++) {
                int first = s * COLUMNS;
                int count = Math.min(COLUMNS, b.count() - first);
                for (int row = chunk * ROWS; row < end; row++) {
                  fill(kind, a, row, strips[s], count, values);
                  piece.accept(row, first, values, count);
                }
              }
            });
  }

  /** Each strip is {@code [width, columns]}: the loop over columns is the one that vectorises. */
  private static double[][] strips(Features b) {
    double[][] strips = new double[(b.count() + COLUMNS - 1) / COLUMNS][];
    for (int s = 0; s < strips.length; s++) {
      int first = s * COLUMNS;
      int count = Math.min(COLUMNS, b.count() - first);
      strips[s] = new double[b.width() * count];
      for (int j = 0; j < count; j++) {
        for (int k = 0; k < b.width(); k++) {
          strips[s][k * count + j] = b.values()[(first + j) * b.width() + k];
        }
      }
    }
    return strips;
  }

  private static void fill(
      Kind kind, Features a, int row, double[] strip, int count, double[] values) {
    Arrays.fill(values, 0, count, 0);
    for (int k = 0; k < a.width(); k++) {
      double x = a.values()[row * a.width() + k];
      if (kind == Kind.DOT_PRODUCT) {
        addProducts(x, strip, k * count, count, values);
      } else {
        addSquares(x, strip, k * count, count, values);
      }
    }
  }

  private static void addProducts(double x, double[] strip, int at, int count, double[] values) {
    for (int j = 0; j < count; j++) {
      values[j] += x * strip[at + j];
    }
  }

  private static void addSquares(double x, double[] strip, int at, int count, double[] values) {
    for (int j = 0; j < count; j++) {
      double difference = x - strip[at + j];
      values[j] += difference * difference;
    }
  }
}
