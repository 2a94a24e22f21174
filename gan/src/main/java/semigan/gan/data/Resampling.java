package semigan.gan.data;

/**
 * Resizes square planes: each new pixel is the mean of the area it covers; where it covers less
 * than one old pixel, the values are interpolated linearly instead. Rows and columns one after the
 * other.
 */
final class Resampling {
  private final int from;
  private final int to;
  private final int[] first; // [to], the first old pixel that a new one is made of
  private final float[][] weights; // [to][old pixels], each row sums to 1

  Resampling(int from, int to) {
    this.from = from;
    this.to = to;
    this.first = new int[to];
    this.weights = new float[to][];
    double scale = (double) from / to;
    for (int i = 0; i < to; i++) {
      if (scale >= 1) {
        average(i, i * scale, Math.min(from, (i + 1) * scale));
      } else {
        interpolate(i, Math.max(0, Math.min((i + 0.5) * scale - 0.5, from - 1)));
      }
    }
  }

  private void average(int i, double low, double high) {
    int start = (int) low;
    int end = Math.min(from, (int) Math.ceil(high));
    first[i] = start;
    weights[i] = new float[end - start];
    for (int old = start; old < end; old++) {
      double covered = Math.min(high, old + 1) - Math.max(low, old);
      weights[i][old - start] = (float) (covered / (high - low));
    }
  }

  private void interpolate(int i, double centre) {
    first[i] = Math.max(0, Math.min((int) centre, from - 2));
    float right = (float) (centre - first[i]);
    weights[i] = from == 1 ? new float[] {1} : new float[] {1 - right, right};
  }

  /** From [from, from] to a new plane [to, to]. */
  float[] apply(float[] plane) {
    float[] narrow = new float[from * to]; // [from, to]
    for (int row = 0; row < from; row++) {
      for (int i = 0; i < to; i++) {
        float sum = 0;
        for (int k = 0; k < weights[i].length; k++) {
          sum += weights[i][k] * plane[row * from + first[i] + k];
        }
        narrow[row * to + i] = sum;
      }
    }
    float[] small = new float[to * to];
    for (int i = 0; i < to; i++) {
      for (int k = 0; k < weights[i].length; k++) {
        int row = first[i] + k;
        for (int column = 0; column < to; column++) {
          small[i * to + column] += weights[i][k] * narrow[row * to + column];
        }
      }
    }
    return small;
  }
}
