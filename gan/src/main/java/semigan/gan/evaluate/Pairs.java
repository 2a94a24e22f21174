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
  private static final int COLUMNS = 256;

  /** Features taken together, so that each sum is loaded and stored less often. */
  private static final int AT_ONCE = 4;

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
                  fill(kind, a, row, strips[s], values);
                  piece.accept(row, first, values, count);
                }
              }
            });
  }

  /** Each strip is {@code [padded width, columns]}: the loop over columns is what vectorises. */
  private static double[][] strips(Features b) {
    double[][] strips = new double[(b.count() + COLUMNS - 1) / COLUMNS][];
    for (int s = 0; s < strips.length; s++) {
      strips[s] = new double[padded(b.width()) * COLUMNS];
      int first = s * COLUMNS;
      int count = Math.min(COLUMNS, b.count() - first);
      for (int j = 0; j < count; j++) {
        for (int k = 0; k < b.width(); k++) {
          strips[s][k * COLUMNS + j] = b.values()[(first + j) * b.width() + k];
        }
      }
    }
    return strips;
  }

  /** Zeros beyond the width add nothing. */
  private static int padded(int width) {
    return (width + AT_ONCE - 1) / AT_ONCE * AT_ONCE;
  }

  private static void fill(Kind kind, Features a, int row, double[] strip, double[] values) {
    double[] x = new double[padded(a.width())];
    for (int k = 0; k < a.width(); k++) {
      x[k] = a.values()[row * a.width() + k];
    }
    Arrays.fill(values, 0);
    for (int k = 0; k < x.length; k += AT_ONCE) {
      if (kind == Kind.DOT_PRODUCT) {
        addProducts(x[k], x[k + 1], x[k + 2], x[k + 3], strip, k * COLUMNS, values);
      } else {
        addSquares(x[k], x[k + 1], x[k + 2], x[k + 3], strip, k * COLUMNS, values);
      }
    }
  }

  private static void addProducts(
      double x0, double x1, double x2, double x3, double[] strip, int at, double[] values) {
    for (int j = 0; j < COLUMNS; j++) {
      values[j] +=
          x0 * strip[at + j]
              + x1 * strip[at + COLUMNS + j]
              + x2 * strip[at + 2 * COLUMNS + j]
              + x3 * strip[at + 3 * COLUMNS + j];
    }
  }

  private static void addSquares(
      double x0, double x1, double x2, double x3, double[] strip, int at, double[] values) {
    for (int j = 0; j < COLUMNS; j++) {
      double d0 = x0 - strip[at + j];
      double d1 = x1 - strip[at + COLUMNS + j];
      double d2 = x2 - strip[at + 2 * COLUMNS + j];
      double d3 = x3 - strip[at + 3 * COLUMNS + j];
      values[j] += d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
    }
  }
}
