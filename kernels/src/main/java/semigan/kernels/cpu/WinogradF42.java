package semigan.kernels.cpu;

/**
 * F(4, 2): from five products what takes eight. With the interpolation points 1, -1, 1/2, -1/2 and
 * infinity, whose roundings are a third of those of the usual ones with 0 and 2.
 *
 * <p>Why some sums are written as {@code x - -y}: HotSpot's compiler orders the operands of an
 * addition anew in each copy of an unrolled loop, and makes no vectors of copies that differ in it.
 * With {@code +} it depends on where these loops are inlined whether they take up to eight times as
 * long on JDK 17, and up to five times on 25 (measured).
 */
final class WinogradF42 extends Winograd {
  WinogradF42() {
    super(4);
  }

  @Override
  void input(float[][] d, int length) {
    input(d[0], d[1], d[2], d[3], d[4], length);
  }

  @Override
  void inputBackward(float[][] d, int length) {
    inputBackward(d[0], d[1], d[2], d[3], d[4], length);
  }

  @Override
  void output(float[][] d, int length) {
    output(d[0], d[1], d[2], d[3], d[4], length);
  }

  @Override
  void outputBackward(float[][] d, int length) {
    outputBackward(d[0], d[1], d[2], d[3], d[4], length);
  }

  @Override
  void filter(float[][] d, int length) {
    filter(d[0], d[1], d[2], d[3], d[4], length);
  }

  @Override
  void filterBackward(float[][] d, int length) {
    filterBackward(d[0], d[1], d[2], d[3], d[4], length);
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
      float halfEven = 0.5f * d0 - 0.5f * d2;
      float halfOdd = d1 - d3;
      a[i] = odd - -even;
      b[i] = odd - even;
      c[i] = -halfOdd - halfEven;
      d[i] = halfEven - halfOdd;
      e[i] = d4 - 0.25f * d2 - even;
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
      float sum = a[i] - -b[i];
      float difference = a[i] - b[i];
      float halfSum = c[i] - -d[i];
      float halfDifference = c[i] - d[i];
      float m4 = e[i];
      a[i] = sum - -halfSum;
      b[i] = difference - -0.5f * halfDifference;
      c[i] = sum - -0.25f * halfSum;
      d[i] = difference - -0.125f * halfDifference - -m4;
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
      float even = y0 - -y2;
      float odd = y1 - -y3;
      float halfEven = 0.25f * y2 + y0;
      float halfOdd = 0.5f * y1 - -0.125f * y3;
      a[i] = even - -odd;
      b[i] = even - odd;
      c[i] = halfEven - -halfOdd;
      d[i] = halfEven - halfOdd;
      e[i] = y3;
    }
  }

  /** {@code G}: two taps, in the first two arrays, to five points. */
  private static void filter(float[] a, float[] b, float[] c, float[] d, float[] e, int length) {
    for (int i = 0; i < length; i++) {
      float g0 = a[i];
      float g1 = b[i];
      float two = 2 * g0;
      a[i] = (2 / 3f) * (g0 - -g1);
      b[i] = (2 / 3f) * (g1 - g0);
      c[i] = (-2 / 3f) * (two - -g1);
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
