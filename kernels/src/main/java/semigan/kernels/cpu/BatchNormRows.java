package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * The loops in Java of a batch normalisation: the statistics of all rows, and what flows back
 * through them where several threads share them. All F32, {@code [rows, channels]}.
 */
final class BatchNormRows {
  /** Of {@link #throughStatistics}: a tile holds whole rows. */
  static final int MOST_CHANNELS = Tiles.SIZE;

  /** Elements of a tile of several rows. The first of them is summed before threads share all. */
  private static final int TILE = 2048;

  private final Workers workers;
  private final Tiles tiles;

  BatchNormRows(Workers workers, Tiles tiles) {
    this.workers = workers;
    this.tiles = tiles;
  }

  /** Of all rows, from each share's sums about a common value near their mean. */
  void statistics(List<Stretch> shares, CpuBuffer x, CpuBuffer mean, CpuBuffer variance) {
    int channels = mean.size();
    double rows = x.size() / channels;
    FloatBuffer values = x.floats();
    float[] near = nearMean(values, x.size(), channels);
    double[][] sums = new double[shares.size()][channels];
    double[][] squares = new double[shares.size()][channels];
    workers.share(
        shares.size(),
        (thread, from, to) -> {
          for (int i = from; i < to; i++) {
            sums(shares.get(i), values, near, sums[i], squares[i]);
          }
        });
    for (int c = 0; c < channels; c++) {
      double apart = 0;
      double square = 0;
      for (int i = 0; i < shares.size(); i++) {
        apart += sums[i][c] / rows;
        square += squares[i][c] / rows;
      }
      mean.floats().put(c, (float) (near[c] + apart));
      variance.floats().put(c, (float) Math.max(0, square - apart * apart));
    }
  }

  /** The mean of the first rows, as many as fit a tile, repeated for each of them. */
  private static float[] nearMean(FloatBuffer x, int size, int channels) {
    int length = Math.min(wholeRows(channels), size);
    float[] values = new float[length];
    x.get(0, values, 0, length);
    float[] near = new float[length];
    for (int row = 0; row < length; row += channels) {
      for (int c = 0; c < channels; c++) {
        near[c] += values[row + c];
      }
    }
    for (int c = 0; c < channels; c++) {
      near[c] = near[c] * channels / length;
    }
    repeat(near, channels);
    return near;
  }

  /** Of some rows: sums of the differences from {@code near}, and of their squares. */
  private static void sums(
      Stretch rows, FloatBuffer x, float[] near, double[] sums, double[] squares) {
    int channels = sums.length;
    float[] values = new float[near.length];
    float[] sum = new float[near.length];
    float[] square = new float[near.length];
    int end = (int) (rows.from() + rows.count()) * channels;
    for (int from = (int) rows.from() * channels; from < end; from += near.length) {
      int count = Math.min(near.length, end - from);
      x.get(from, values, 0, count);
      add(values, near, sum, square, count);
    }
    for (int row = 0; row < near.length; row += channels) {
      for (int c = 0; c < channels; c++) {
        sums[c] += sum[row + c];
        squares[c] += square[row + c];
      }
    }
  }

  private static void add(float[] x, float[] near, float[] sum, float[] square, int count) {
    for (int i = 0; i < count; i++) {
      float apart = x[i] - near[i];
      sum[i] += apart;
      square[i] += apart * apart;
    }
  }

  /**
   * Subtracts from {@code dx} what flows through mean and variance: {@code scale / deviation
   * (dshift + dscale (x - mean) / deviation) / rows}.
   */
  void throughStatistics(
      long rows,
      float epsilon,
      CpuBuffer x,
      CpuBuffer scale,
      CpuBuffer mean,
      CpuBuffer variance,
      CpuBuffer dscale,
      CpuBuffer dshift,
      CpuBuffer dx) {
    int channels = mean.size();
    int length = wholeRows(channels);
    float[] centre = new float[length];
    float[] level = new float[length];
    float[] steepness = new float[length];
    for (int c = 0; c < channels; c++) {
      double deviation = Math.sqrt((double) variance.floats().get(c) + epsilon);
      double factor = scale.floats().get(c) / deviation / rows;
      centre[c] = mean.floats().get(c);
      level[c] = (float) (factor * dshift.floats().get(c));
      steepness[c] = (float) (factor * dscale.floats().get(c) / deviation);
    }
    repeat(centre, channels);
    repeat(level, channels);
    repeat(steepness, channels);
    FloatBuffer inputs = x.floats();
    FloatBuffer target = dx.floats();
    tiles.forEach(
        length,
        dx.size(),
        0,
        (tile, from, count) -> {
          inputs.get(from, tile[0], 0, count);
          target.get(from, tile[1], 0, count);
          subtract(tile[1], tile[0], centre, level, steepness, count);
          target.put(from, tile[1], 0, count);
        });
  }

  private static void subtract(
      float[] d, float[] x, float[] centre, float[] level, float[] steepness, int count) {
    for (int i = 0; i < count; i++) {
      d[i] -= level[i] + steepness[i] * (x[i] - centre[i]);
    }
  }

  /** Each row as the first. */
  private static void repeat(float[] rows, int channels) {
    for (int row = channels; row < rows.length; row += channels) {
      System.arraycopy(rows, 0, rows, row, channels);
    }
  }

  /**
   * Elements of as many rows as fit a tile, of one at least: a loop over them finds its channel by
   * its index.
   */
  private static int wholeRows(int channels) {
    return Math.max(1, TILE / channels) * channels;
  }
}
