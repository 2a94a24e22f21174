package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import semigan.kernels.Conv2dGeometry;

/** Moves images into and out of Winograd's points, tile by tile. */
final class WinogradTiles {
  private static final int POINTS = Winograd.POINTS;
  private static final int OUTPUTS = Winograd.OUTPUTS;

  /** Elements of a group of tiles: its 25 arrays stay in the second cache. */
  private static final int GROUP = 1024;

  record Layout(Conv2dGeometry geometry) {
    int high() {
      return (geometry.outHeight() + OUTPUTS - 1) / OUTPUTS;
    }

    int wide() {
      return (geometry.outWidth() + OUTPUTS - 1) / OUTPUTS;
    }

    long tiles() {
      return (long) geometry.batch() * high() * wide();
    }

    /** Output pixels of all tiles of an image, those beyond its edges included. */
    int pixels() {
      return high() * wide() * OUTPUTS * OUTPUTS;
    }

    /** Elements from one point's matrix of {@code columns} to the next. */
    long pointStride(long columns) {
      return Winograd.apart(tiles() * columns);
    }

    /** Elements of a tile at one point: four phases of the input's channels. */
    long depth() {
      return 4L * geometry.inChannels();
    }
  }

  private final Workers workers;
  private final float[][][][] workspaces;

  WinogradTiles(Workers workers) {
    this.workers = workers;
    workspaces = new float[workers.threads()][][][];
  }

  private float[][][] workspace(int thread, int length) {
    if (workspaces[thread] == null || workspaces[thread][0][0].length < length) {
      workspaces[thread] = Winograd.workspace(length);
    }
    return workspaces[thread];
  }

  /** Images {@code [batch, height, width, in]} to {@code v [points, tiles, depth]}. */
  void gather(Layout layout, FloatBuffer x, FloatBuffer v) {
    int depth = (int) layout.depth();
    int stride = (int) layout.pointStride(depth);
    int tiles = (int) layout.tiles();
    int group = Math.max(1, GROUP / depth);
    workers.share(
        (tiles + group - 1) / group,
        (thread, from, to) -> {
          float[][][] d = workspace(thread, group * depth);
          for (int first = from * group; first < Math.min(tiles, to * group); first += group) {
            int count = Math.min(group, tiles - first);
            for (int i = 0; i < count; i++) {
              load(layout, x, first + i, d, i * depth);
            }
            int length = count * depth;
            Winograd.input(d, length);
            for (int r = 0; r < POINTS; r++) {
              for (int c = 0; c < POINTS; c++) {
                v.put((r * POINTS + c) * stride + first * depth, d[r][c], 0, length);
              }
            }
          }
        });
  }

  /** One tile's 5x5 inputs of four phases, {@code [row phase, column phase, in]}. */
  private static void load(Layout layout, FloatBuffer x, int tile, float[][][] d, int offset) {
    Conv2dGeometry g = layout.geometry();
    int in = g.inChannels();
    int column = tile % layout.wide() * 2 * OUTPUTS - g.padLeft();
    int row = tile / layout.wide() % layout.high() * 2 * OUTPUTS - g.padTop();
    int image = tile / (layout.wide() * layout.high());
    for (int r = 0; r < POINTS; r++) {
      for (int phase = 0; phase < 2; phase++) {
        int h = row + 2 * r + phase;
        int at = offset + phase * 2 * in;
        boolean inside = h >= 0 && h < g.inHeight();
        int start = (image * g.inHeight() + h) * g.inWidth();
        for (int c = 0; c < POINTS; c++) {
          int w = column + 2 * c;
          float[] target = d[r][c];
          if (inside && w >= 0 && w + 1 < g.inWidth()) {
            x.get((start + w) * in, target, at, 2 * in);
          } else {
            Arrays.fill(target, at, at + 2 * in, 0);
            if (inside && w >= 0 && w < g.inWidth()) {
              x.get((start + w) * in, target, at, in);
            } else if (inside && w + 1 >= 0 && w + 1 < g.inWidth()) {
              x.get((start + w + 1) * in, target, at + in, in);
            }
          }
        }
      }
    }
  }

  /** The adjoint of {@link #gather}: where tiles overlap, their shares are added. */
  void scatter(Layout layout, FloatBuffer v, FloatBuffer x) {
    int depth = (int) layout.depth();
    int tiles = layout.high() * layout.wide();
    workers.share(
        layout.geometry().batch(),
        (thread, from, to) -> {
          float[][][][] d = new float[tiles][][][];
          Arrays.setAll(d, tile -> Winograd.workspace(depth));
          for (int image = from; image < to; image++) {
            for (int tile = 0; tile < tiles; tile++) {
              take(layout, v, image * tiles + tile, d[tile]);
              Winograd.inputBackward(d[tile], depth);
              addNeighbours(layout, d, tile);
            }
            for (int tile = 0; tile < tiles; tile++) {
              store(layout, x, image, tile, d[tile]);
            }
          }
        });
  }

  private static void take(Layout layout, FloatBuffer v, int tile, float[][][] d) {
    int depth = (int) layout.depth();
    int stride = (int) layout.pointStride(depth);
    for (int r = 0; r < POINTS; r++) {
      for (int c = 0; c < POINTS; c++) {
        v.get((r * POINTS + c) * stride + tile * depth, d[r][c], 0, depth);
      }
    }
  }

  /** Adds the last column of the tile to the left, and the last row of the one above. */
  private static void addNeighbours(Layout layout, float[][][][] d, int tile) {
    int depth = (int) layout.depth();
    int across = tile % layout.wide();
    if (across > 0) {
      for (int r = 0; r < POINTS; r++) {
        add(d[tile][r][0], d[tile - 1][r][OUTPUTS], depth);
      }
    }
    if (tile >= layout.wide()) {
      // The tile to the right gets the corner, through the one above it.
      int columns = across + 1 < layout.wide() ? OUTPUTS : POINTS;
      for (int c = 0; c < columns; c++) {
        add(d[tile][0][c], d[tile - layout.wide()][OUTPUTS][c], depth);
      }
    }
  }

  private static void add(float[] a, float[] b, int length) {
    for (int i = 0; i < length; i++) {
      a[i] += b[i];
    }
  }

  private static void store(Layout layout, FloatBuffer x, int image, int tile, float[][][] d) {
    Conv2dGeometry g = layout.geometry();
    int in = g.inChannels();
    int across = tile % layout.wide();
    int down = tile / layout.wide();
    int column = across * 2 * OUTPUTS - g.padLeft();
    int row = down * 2 * OUTPUTS - g.padTop();
    int rows = down + 1 < layout.high() ? OUTPUTS : POINTS;
    int columns = across + 1 < layout.wide() ? OUTPUTS : POINTS;
    for (int r = 0; r < rows; r++) {
      for (int phase = 0; phase < 2; phase++) {
        int h = row + 2 * r + phase;
        if (h < 0 || h >= g.inHeight()) {
          continue;
        }
        int start = (image * g.inHeight() + h) * g.inWidth();
        int at = phase * 2 * in;
        for (int c = 0; c < columns; c++) {
          int w = column + 2 * c;
          float[] source = d[r][c];
          if (w >= 0 && w + 1 < g.inWidth()) {
            x.put((start + w) * in, source, at, 2 * in);
          } else if (w >= 0 && w < g.inWidth()) {
            x.put((start + w) * in, source, at, in);
          } else if (w + 1 >= 0 && w + 1 < g.inWidth()) {
            x.put((start + w + 1) * in, source, at + in, in);
          }
        }
      }
    }
  }

  /** {@code m [points, tiles, out]} to images {@code [batch, height, width, out]}. */
  void collect(Layout layout, FloatBuffer m, FloatBuffer y) {
    int out = layout.geometry().outChannels();
    int stride = (int) layout.pointStride(out);
    int tiles = (int) layout.tiles();
    int group = Math.max(1, GROUP / out);
    workers.share(
        (tiles + group - 1) / group,
        (thread, from, to) -> {
          float[][][] d = workspace(thread, group * out);
          for (int first = from * group; first < Math.min(tiles, to * group); first += group) {
            int count = Math.min(group, tiles - first);
            int length = count * out;
            for (int r = 0; r < POINTS; r++) {
              for (int c = 0; c < POINTS; c++) {
                m.get((r * POINTS + c) * stride + first * out, d[r][c], 0, length);
              }
            }
            Winograd.output(d, length);
            for (int i = 0; i < count; i++) {
              int at = i * out;
              forEachOutput(
                  layout,
                  first + i,
                  (r, c, index) -> {
                    if (index >= 0) {
                      y.put(index, d[r][c], at, out);
                    }
                  });
            }
          }
        });
  }

  /** The adjoint of {@link #collect}. */
  void spread(Layout layout, FloatBuffer y, FloatBuffer m) {
    int out = layout.geometry().outChannels();
    int stride = (int) layout.pointStride(out);
    int tiles = (int) layout.tiles();
    int group = Math.max(1, GROUP / out);
    workers.share(
        (tiles + group - 1) / group,
        (thread, from, to) -> {
          float[][][] d = workspace(thread, group * out);
          for (int first = from * group; first < Math.min(tiles, to * group); first += group) {
            int count = Math.min(group, tiles - first);
            int length = count * out;
            for (int i = 0; i < count; i++) {
              int at = i * out;
              forEachOutput(
                  layout,
                  first + i,
                  (r, c, index) -> {
                    if (index >= 0) {
                      y.get(index, d[r][c], at, out);
                    } else {
                      Arrays.fill(d[r][c], at, at + out, 0);
                    }
                  });
            }
            Winograd.outputBackward(d, length);
            for (int r = 0; r < POINTS; r++) {
              for (int c = 0; c < POINTS; c++) {
                m.put((r * POINTS + c) * stride + first * out, d[r][c], 0, length);
              }
            }
          }
        });
  }

  private interface Pixel {
    /**
     * @param index of the pixel's first element in the images, or -1 if it lies beyond their edge
     */
    void run(int row, int column, int index);
  }

  private static void forEachOutput(Layout layout, int tile, Pixel body) {
    Conv2dGeometry g = layout.geometry();
    int left = tile % layout.wide() * OUTPUTS;
    int top = tile / layout.wide() % layout.high() * OUTPUTS;
    int image = tile / (layout.wide() * layout.high());
    for (int r = 0; r < OUTPUTS; r++) {
      for (int c = 0; c < OUTPUTS; c++) {
        boolean inside = top + r < g.outHeight() && left + c < g.outWidth();
        int pixel = (image * g.outHeight() + top + r) * g.outWidth() + left + c;
        body.run(r, c, inside ? pixel * g.outChannels() : -1);
      }
    }
  }
}
