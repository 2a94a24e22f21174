package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import semigan.kernels.Conv2dGeometry;

/** Moves images into and out of Winograd's points, tile by tile. */
final class WinogradTiles {
  /** Elements of a group of tiles: its arrays stay in the second cache. */
  private static final int GROUP = 1024;

  private static final float[] ZEROS = new float[GROUP];

  /** How a convolution's images lie in tiles: from left to right, from top to bottom, by image. */
  record Layout(Winograd form, Conv2dGeometry geometry) {
    int high() {
      return (geometry.outHeight() + form.outputs() - 1) / form.outputs();
    }

    int wide() {
      return (geometry.outWidth() + form.outputs() - 1) / form.outputs();
    }

    int tilesOfImage() {
      return high() * wide();
    }

    int tiles() {
      return geometry.batch() * tilesOfImage();
    }

    /** Elements of a tile at one point: four phases of the input's channels. */
    int depth() {
      return 4 * geometry.inChannels();
    }

    /** Elements from one point's matrix of {@code columns} to the next. */
    long pointStride(long columns) {
      return Winograd.apart(tiles() * columns);
    }

    private int image(int tile) {
      return tile / tilesOfImage();
    }

    private int row(int tile) {
      return tile / wide() % high();
    }

    private int column(int tile) {
      return tile % wide();
    }

    /** First row of a tile's outputs. */
    private int top(int tile) {
      return row(tile) * form.outputs();
    }

    /** First column of a tile's outputs. */
    private int left(int tile) {
      return column(tile) * form.outputs();
    }

    /** Columns of inputs that do not belong to the next tile too. */
    private int ownColumns(int tile) {
      return column(tile) + 1 < wide() ? form.outputs() : form.points();
    }

    private int ownRows(int tile) {
      return row(tile) + 1 < high() ? form.outputs() : form.points();
    }
  }

  private final Winograd form;
  private final Workers workers;
  private final float[][][][][] workspaces;

  WinogradTiles(Winograd form, Workers workers) {
    this.form = form;
    this.workers = workers;
    workspaces = new float[workers.threads()][0][][][];
  }

  Layout layout(Conv2dGeometry geometry) {
    return new Layout(form, geometry);
  }

  /** A part's own workspaces, for so many tiles of so many elements at least. */
  private float[][][][] workspaces(int thread, int tiles, int length) {
    float[][][][] own = workspaces[thread];
    if (own.length < tiles || own[0][0][0].length < length) {
      int longest = own.length == 0 ? length : Math.max(length, own[0][0][0].length);
      own = new float[Math.max(tiles, own.length)][form.points()][form.points()][longest];
      workspaces[thread] = own;
    }
    return own;
  }

  /** Copies zeros, which takes half as long as to fill in JDK 17 with AVX2 (measured). */
  private static void clear(float[] elements, int from, int length) {
    for (int done = 0; done < length; done += ZEROS.length) {
      int count = Math.min(ZEROS.length, length - done);
      System.arraycopy(ZEROS, 0, elements, from + done, count);
    }
  }

  private interface Group {
    /**
     * @param first tile
     * @param count of tiles
     * @param d has room for their elements at each point
     */
    void run(int first, int count, float[][][] d);
  }

  /**
   * @param length elements of a tile at one point
   */
  private void forEachGroup(Layout layout, int length, Group body) {
    int tiles = layout.tiles();
    int size = Math.max(1, GROUP / length);
    workers.share(
        (tiles + size - 1) / size,
        (thread, from, to) -> {
          float[][][] d = workspaces(thread, 1, size * length)[0];
          for (int group = from; group < to; group++) {
            int first = group * size;
            body.run(first, Math.min(size, tiles - first), d);
          }
        });
  }

  private static void getPoints(
      FloatBuffer points, long stride, int from, float[][][] d, int length) {
    for (int r = 0; r < d.length; r++) {
      for (int c = 0; c < d.length; c++) {
        points.get((int) ((r * d.length + c) * stride) + from, d[r][c], 0, length);
      }
    }
  }

  private static void putPoints(
      FloatBuffer points, long stride, int from, float[][][] d, int length) {
    for (int r = 0; r < d.length; r++) {
      for (int c = 0; c < d.length; c++) {
        points.put((int) ((r * d.length + c) * stride) + from, d[r][c], 0, length);
      }
    }
  }

  /** Images {@code [batch, height, width, in]} to {@code v [points, tiles, depth]}. */
  void gather(Layout layout, FloatBuffer x, FloatBuffer v) {
    int depth = layout.depth();
    forEachGroup(
        layout,
        depth,
        (first, count, d) -> {
          for (int i = 0; i < count; i++) {
            load(layout, x, first + i, d, i * depth);
          }
          form.input(d, count * depth);
          putPoints(v, layout.pointStride(depth), first * depth, d, count * depth);
        });
  }

  /** The adjoint of {@link #gather}: where tiles overlap, their shares are added. */
  void scatter(Layout layout, FloatBuffer v, FloatBuffer x) {
    int depth = layout.depth();
    int wide = layout.wide();
    int length = wide * depth;
    workers.share(
        layout.geometry().batch(),
        (thread, from, to) -> {
          float[][][][] rows = workspaces(thread, 2, length);
          float[] shifted = new float[length];
          for (int image = from; image < to; image++) {
            for (int row = 0; row < layout.high(); row++) {
              int first = image * layout.tilesOfImage() + row * wide;
              float[][][] d = rows[row % 2];
              getPoints(v, layout.pointStride(depth), first * depth, d, length);
              form.inputBackward(d, length);
              addLeft(d, shifted, depth, length);
              if (row > 0) {
                addAbove(d, rows[(row - 1) % 2], length);
              }
              for (int i = 0; i < wide; i++) {
                store(layout, x, first + i, d, i * depth);
              }
            }
          }
        });
  }

  /**
   * Adds to each tile of a row the last column of the one to its left.
   *
   * @param shifted room for the row: HotSpot vectorises what has the same index everywhere
   */
  private static void addLeft(float[][][] d, float[] shifted, int depth, int length) {
    for (float[][] row : d) {
      System.arraycopy(row[row.length - 1], 0, shifted, depth, length - depth);
      add(row[0], shifted, length);
    }
  }

  /** Adds the last row of the tiles above, to which their left neighbours have been added. */
  private static void addAbove(float[][][] d, float[][][] above, int length) {
    for (int c = 0; c < d.length; c++) {
      add(d[0][c], above[d.length - 1][c], length);
    }
  }

  private static void add(float[] a, float[] b, int length) {
    for (int i = 0; i < length; i++) {
      a[i] += b[i];
    }
  }

  /** One tile's inputs of four phases, {@code [row phase, column phase, in]}. */
  private static void load(Layout layout, FloatBuffer x, int tile, float[][][] d, int offset) {
    int pair = layout.depth() / 2;
    forEachInput(
        layout,
        tile,
        layout.form().points(),
        layout.form().points(),
        (r, c, at, index, length) -> {
          if (length < pair) {
            clear(d[r][c], offset + at / pair * pair, pair);
          }
          x.get(index, d[r][c], offset + at, length);
        });
  }

  private static void store(Layout layout, FloatBuffer x, int tile, float[][][] d, int offset) {
    forEachInput(
        layout,
        tile,
        layout.ownRows(tile),
        layout.ownColumns(tile),
        (r, c, at, index, length) -> x.put(index, d[r][c], offset + at, length));
  }

  private interface Stretch {
    /**
     * @param at first element in the tile
     * @param index of it in the images
     * @param length of what lies inside the image: two neighbouring pixels, one of them or none
     */
    void run(int r, int c, int at, int index, int length);
  }

  /** Visits a tile's first rows and columns of inputs, each in its two phases of rows. */
  private static void forEachInput(Layout layout, int tile, int rows, int columns, Stretch body) {
    Conv2dGeometry g = layout.geometry();
    int in = g.inChannels();
    for (int r = 0; r < rows; r++) {
      for (int phase = 0; phase < 2; phase++) {
        int h = 2 * (layout.top(tile) + r) + phase - g.padTop();
        boolean inside = h >= 0 && h < g.inHeight();
        int row = (layout.image(tile) * g.inHeight() + h) * g.inWidth();
        for (int c = 0; c < columns; c++) {
          int w = 2 * (layout.left(tile) + c) - g.padLeft();
          int begin = Math.max(w, 0);
          int end = Math.min(w + 2, g.inWidth());
          if (inside && begin < end) {
            int at = (2 * phase + begin - w) * in;
            body.run(r, c, at, (row + begin) * in, (end - begin) * in);
          } else {
            body.run(r, c, 2 * phase * in, 0, 0);
          }
        }
      }
    }
  }

  /** {@code m [points, tiles, out]} to images {@code [batch, height, width, out]}. */
  void collect(Layout layout, FloatBuffer m, FloatBuffer y) {
    int out = layout.geometry().outChannels();
    forEachGroup(
        layout,
        out,
        (first, count, d) -> {
          getPoints(m, layout.pointStride(out), first * out, d, count * out);
          form.output(d, count * out);
          forEachOutput(
              layout,
              first,
              count,
              (r, c, at, index) -> {
                if (index >= 0) {
                  y.put(index, d[r][c], at, out);
                }
              });
        });
  }

  /** The adjoint of {@link #collect}. */
  void spread(Layout layout, FloatBuffer y, FloatBuffer m) {
    int out = layout.geometry().outChannels();
    forEachGroup(
        layout,
        out,
        (first, count, d) -> {
          forEachOutput(
              layout,
              first,
              count,
              (r, c, at, index) -> {
                if (index >= 0) {
                  y.get(index, d[r][c], at, out);
                } else {
                  clear(d[r][c], at, out);
                }
              });
          form.outputBackward(d, count * out);
          putPoints(m, layout.pointStride(out), first * out, d, count * out);
        });
  }

  private interface Pixel {
    /**
     * @param at first element in the group
     * @param index of it in the images, or -1 if it lies beyond their edge
     */
    void run(int r, int c, int at, int index);
  }

  private static void forEachOutput(Layout layout, int first, int count, Pixel body) {
    Conv2dGeometry g = layout.geometry();
    for (int i = 0; i < count; i++) {
      int tile = first + i;
      for (int r = 0; r < layout.form().outputs(); r++) {
        int h = layout.top(tile) + r;
        for (int c = 0; c < layout.form().outputs(); c++) {
          int w = layout.left(tile) + c;
          boolean inside = h < g.outHeight() && w < g.outWidth();
          int pixel = (layout.image(tile) * g.outHeight() + h) * g.outWidth() + w;
          body.run(r, c, i * g.outChannels(), inside ? pixel * g.outChannels() : -1);
        }
      }
    }
  }
}
