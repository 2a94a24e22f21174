package semigan.kernels.cpu;

/**
 * Winograd's F(4, 2): four neighbouring outputs of a filter with two taps from five products where
 * the sum itself takes eight (Lavin and Gray 2016, arXiv:1509.09308). With the interpolation points
 * 1, -1, 1/2, -1/2 and infinity, whose roundings are a third of those of the usual ones with 0 and
 * 2, {@code y = A'((G g) (B'd))} for five inputs {@code d}, two taps {@code g} and four outputs
 * {@code y}. Applied along the rows and then along the columns, 25 products take the place of 64.
 *
 * <p>Each method transforms many such vectors at once: element {@code i} of all its arrays is one
 * of them. They work in place. HotSpot vectorises these loops since they index with the loop's own
 * variable alone and read all that they need before they write.
 */
final class Winograd {
  /** Outputs of a tile along one axis. */
  static final int OUTPUTS = 4;

  /** Inputs of a tile along one axis, and products. */
  static final int POINTS = 5;

  /** Taps along one axis. */
  static final int TAPS = 2;

  private static final int LINE = 16;

  private Winograd() {}

  /**
   * The distance between the matrices of two points, in elements: a little more than their size, so
   * that the same element of all 25 does not fall into the same few lines of the caches.
   */
  static long apart(long size) {
    return (size + LINE - 1) / LINE * LINE + 5 * LINE;
  }

  /** Inputs of 5x5 to 5x5 points. */
  static void input(float[][][] d, int length) {
    for (int r = 0; r < POINTS; r++) {
      input(d[r][0], d[r][1], d[r][2], d[r][3], d[r][4], length);
    }
    for (int c = 0; c < POINTS; c++) {
      input(d[0][c], d[1][c], d[2][c], d[3][c], d[4][c], length);
    }
  }

  /** The adjoint of {@link #input}. */
  static void inputBackward(float[][][] d, int length) {
    for (int r = 0; r < POINTS; r++) {
      inputBackward(d[r][0], d[r][1], d[r][2], d[r][3], d[r][4], length);
    }
    for (int c = 0; c < POINTS; c++) {
      inputBackward(d[0][c], d[1][c], d[2][c], d[3][c], d[4][c], length);
    }
  }

  /** Products at 5x5 points to outputs, in the first four rows and columns. */
  static void output(float[][][] d, int length) {
    for (int r = 0; r < POINTS; r++) {
      output(d[r][0], d[r][1], d[r][2], d[r][3], d[r][4], length);
    }
    for (int c = 0; c < OUTPUTS; c++) {
      output(d[0][c], d[1][c], d[2][c], d[3][c], d[4][c], length);
    }
  }

  /** The adjoint of {@link #output}. */
  static void outputBackward(float[][][] d, int length) {
    for (int r = 0; r < OUTPUTS; r++) {
      outputBackward(d[r][0], d[r][1], d[r][2], d[r][3], d[r][4], length);
    }
    for (int c = 0; c < POINTS; c++) {
      outputBackward(d[0][c], d[1][c], d[2][c], d[3][c], d[4][c], length);
    }
  }

  /** Taps, in the first two rows and columns, to 5x5 points. */
  static void filter(float[][][] d, int length) {
    for (int r = 0; r < TAPS; r++) {
      filter(d[r][0], d[r][1], d[r][2], d[r][3], d[r][4], length);
    }
    for (int c = 0; c < POINTS; c++) {
      filter(d[0][c], d[1][c], d[2][c], d[3][c], d[4][c], length);
    }
  }

  /** The adjoint of {@link #filter}. */
  static void filterBackward(float[][][] d, int length) {
    for (int r = 0; r < POINTS; r++) {
      filterBackward(d[r][0], d[r][1], d[r][2], d[r][3], d[r][4], length);
    }
    for (int c = 0; c < TAPS; c++) {
      filterBackward(d[0][c], d[1][c], d[2][c], d[3][c], d[4][c], length);
    }
  }

  /** {@code B'}: five inputs to the five points. */
  private static void input(float[] a, float[] b, float[] c, float[] d, float[] e, int length) {
    for (int i = 0; i < length; i++) {
      float d0 = a[i];
      float d1 = b[i];
      float d2 = c[i];
      float d3 = d[i];
      float d4 = e[i];
      float even = d2 - 0.25f * d0;
      float odd = d3 - 0.25f * d1;
      float halfEven = 0.5f * (d2 - d0);
      float halfOdd = d3 - d1;
      a[i] = odd + even;
      b[i] = odd - even;
      c[i] = halfOdd + halfEven;
      d[i] = halfOdd - halfEven;
      e[i] = d4 - d2 - 0.25f * (d2 - d0);
    }
  }

  /** {@code B}: from gradients at the five points to those of the five inputs. */
  private static void inputBackward(
      float[] a, float[] b, float[] c, float[] d, float[] e, int length) {
    for (int i = 0; i < length; i++) {
      float sum = a[i] + b[i];
      float difference = a[i] - b[i];
      float halfSum = c[i] + d[i];
      float halfDifference = 0.5f * (c[i] - d[i]);
      float v4 = e[i];
      a[i] = 0.25f * (v4 - difference) - halfDifference;
      b[i] = -0.25f * sum - halfSum;
      c[i] = difference + halfDifference - 1.25f * v4;
      d[i] = sum + halfSum;
    }
  }

  /** {@code A'}: five products to four outputs, in the first four arrays. */
  private static void output(float[] a, float[] b, float[] c, float[] d, float[] e, int length) {
    for (int i = 0; i < length; i++) {
      float sum = a[i] + b[i];
      float difference = a[i] - b[i];
      float halfSum = c[i] + d[i];
      float halfDifference = c[i] - d[i];
      float m4 = e[i];
      a[i] = sum + halfSum;
      b[i] = difference + 0.5f * halfDifference;
      c[i] = sum + 0.25f * halfSum;
      d[i] = difference + 0.125f * halfDifference + m4;
    }
  }

  /** {@code A}: gradients of four outputs, in the first four arrays, to those of five products. */
  private static void outputBackward(
      float[] a, float[] b, float[] c, float[] d, float[] e, int length) {
    for (int i = 0; i < length; i++) {
      float y0 = a[i];
      float y1 = b[i];
      float y2 = c[i];
      float y3 = d[i];
      float even = y0 + y2;
      float odd = y1 + y3;
      float halfEven = y0 + 0.25f * y2;
      float halfOdd = 0.5f * y1 + 0.125f * y3;
      a[i] = even + odd;
      b[i] = even - odd;
      c[i] = halfEven + halfOdd;
      d[i] = halfEven - halfOdd;
      e[i] = y3;
    }
  }

  /** {@code G}: two taps, in the first two arrays, to five points. */
  private static void filter(float[] a, float[] b, float[] c, float[] d, float[] e, int length) {
    for (int i = 0; i < length; i++) {
      float g0 = a[i];
      float g1 = b[i];
      float two = g0 + g0;
      a[i] = (2 / 3f) * (g0 + g1);
      b[i] = (2 / 3f) * (g1 - g0);
      c[i] = (-2 / 3f) * (two + g1);
      d[i] = (2 / 3f) * (two - g1);
      e[i] = g1;
    }
  }

  /** {@code G'}: gradients at five points to those of two taps, in the first two arrays. */
  private static void filterBackward(
      float[] a, float[] b, float[] c, float[] d, float[] e, int length) {
    for (int i = 0; i < length; i++) {
      float u0 = a[i];
      float u1 = b[i];
      float u2 = c[i];
      float u3 = d[i];
      float u4 = e[i];
      a[i] = (2 / 3f) * (u0 - u1 + 2 * (u3 - u2));
      b[i] = (2 / 3f) * (u0 + u1 - u2 - u3) + u4;
    }
  }
}
