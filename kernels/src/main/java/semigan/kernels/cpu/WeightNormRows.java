package semigan.kernels.cpu;

import java.nio.FloatBuffer;

/** Weight normalisation in Java, row by row; one that does not fit a tile is read twice. */
final class WeightNormRows {
  private static final int WORTH_SHARING = 1 << 15;

  private final Tiles tiles;

  WeightNormRows(Tiles tiles) {
    this.tiles = tiles;
  }

  /** {@code w = scale v / |v|}. */
  void forward(int rows, int columns, CpuBuffer v, CpuBuffer scale, CpuBuffer w) {
    FloatBuffer direction = v.floats();
    FloatBuffer lengths = scale.floats();
    FloatBuffer weight = w.floats();
    tiles.forEachRow(
        rows,
        columns,
        WORTH_SHARING,
        (tile, row) -> {
          int end = (row + 1) * columns;
          double squares = 0;
          for (int from = row * columns; from < end; from += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, end - from);
            direction.get(from, tile[0], 0, count);
            squares += dot(tile[0], tile[0], count);
          }
          float factor = (float) (lengths.get(row) / Math.sqrt(squares));
          for (int from = row * columns; from < end; from += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, end - from);
            if (columns > Tiles.SIZE) {
              direction.get(from, tile[0], 0, count);
            }
            times(tile[0], factor, count);
            weight.put(from, tile[0], 0, count);
          }
        });
  }

  /**
   * {@code dv = scale / |v| (dw - (dw v) / |v|^2 v)} and {@code dscale = (dw v) / |v|}; {@code dv}
   * may be {@code dw}.
   */
  void backward(
      int rows,
      int columns,
      CpuBuffer v,
      CpuBuffer scale,
      CpuBuffer dw,
      CpuBuffer dv,
      CpuBuffer dscale) {
    FloatBuffer direction = v.floats();
    FloatBuffer lengths = scale.floats();
    FloatBuffer gradient = dw.floats();
    FloatBuffer target = dv.floats();
    FloatBuffer alongs = dscale.floats();
    tiles.forEachRow(
        rows,
        columns,
        WORTH_SHARING,
        (tile, row) -> {
          int end = (row + 1) * columns;
          double squares = 0;
          double along = 0;
          for (int from = row * columns; from < end; from += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, end - from);
            gradient.get(from, tile[0], 0, count);
            direction.get(from, tile[1], 0, count);
            squares += dot(tile[1], tile[1], count);
            along += dot(tile[0], tile[1], count);
          }
          float factor = (float) (lengths.get(row) / Math.sqrt(squares));
          float share = (float) (along / squares);
          for (int from = row * columns; from < end; from += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, end - from);
            if (columns > Tiles.SIZE) {
              gradient.get(from, tile[0], 0, count);
              direction.get(from, tile[1], 0, count);
            }
            across(tile[0], tile[1], factor, share, count);
            target.put(from, tile[0], 0, count);
          }
          alongs.put(row, (float) (along / Math.sqrt(squares)));
        });
  }

  private static void times(float[] v, float factor, int count) {
    for (int i = 0; i < count; i++) {
      v[i] *= factor;
    }
  }

  private static void across(float[] g, float[] v, float factor, float share, int count) {
    for (int i = 0; i < count; i++) {
      g[i] = factor * (g[i] - share * v[i]);
    }
  }

  /** HotSpot does not vectorise a sum; as several it need not wait for one addition to end. */
  private static float dot(float[] a, float[] b, int count) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = 0;
    for (; i + 8 <= count; i += 8) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
      s4 += a[i + 4] * b[i + 4];
      s5 += a[i + 5] * b[i + 5];
      s6 += a[i + 6] * b[i + 6];
      s7 += a[i + 7] * b[i + 7];
    }
    for (; i < count; i++) {
      s0 += a[i] * b[i];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }
}
