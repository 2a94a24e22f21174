package semigan.kernels.cpu;

/**
 * F(2, 2): from three products what takes four. With the interpolation points 0, 1 and infinity; no
 * transform multiplies.
 */
final class WinogradF22 extends Winograd {
  WinogradF22() {
    super(2);
  }

  @Override
  void input(float[][] d, int length) {
    input(d[0], d[1], d[2], length);
  }

  @Override
  void inputBackward(float[][] d, int length) {
    inputBackward(d[0], d[1], d[2], length);
  }

  @Override
  void output(float[][] d, int length) {
    output(d[0], d[1], d[2], length);
  }

  @Override
  void outputBackward(float[][] d, int length) {
    outputBackward(d[0], d[1], d[2], length);
  }

  /** {@code G} is {@code A}. */
  @Override
  void filter(float[][] d, int length) {
    outputBackward(d, length);
  }

  @Override
  void filterBackward(float[][] d, int length) {
    output(d, length);
  }

  private static void input(float[] a, float[] b, float[] c, int length) {
    for (int i = 0; i < length; i++) {
      float middle = b[i];
      a[i] = a[i] - middle;
      c[i] = c[i] - middle;
    }
  }

  private static void inputBackward(float[] a, float[] b, float[] c, int length) {
    for (int i = 0; i < length; i++) {
      b[i] = b[i] - a[i] - c[i];
    }
  }

  private static void output(float[] a, float[] b, float[] c, int length) {
    for (int i = 0; i < length; i++) {
      float middle = b[i];
      a[i] = a[i] + middle;
      b[i] = middle + c[i];
    }
  }

  private static void outputBackward(float[] a, float[] b, float[] c, int length) {
    for (int i = 0; i < length; i++) {
      float second = b[i];
      b[i] = a[i] + second;
      c[i] = second;
    }
  }
}
