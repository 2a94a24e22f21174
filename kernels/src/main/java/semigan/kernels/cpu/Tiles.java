package semigan.kernels.cpu;

/**
 * Loops in Java over native memory. HotSpot vectorises loops over {@code float[]} but not over
 * buffers, so a loop takes a tile of each operand into an array that stays in the caches, computes
 * there, and puts the result back.
 *
 * <p>Big loops are shared out among a few threads, always in the same way, so that the same input
 * gives the same bits.
 */
final class Tiles {
  /**
   * Elements of a tile: most of these loops wait for memory, which is read faster in long stretches
   * (measured), and a few of this length are a small part of the second cache.
   */
  static final int SIZE = 4096;

  private static final int ARRAYS = 4;

  /** What is done with one stretch of elements. */
  interface Body {
    /**
     * @param tiles four arrays of {@link #SIZE} elements, this part's own
     * @param from index of the first element
     * @param count number of elements, at most {@link #SIZE}
     */
    void run(float[][] tiles, int from, int count);
  }

  /** What is done with one row. */
  interface RowBody {
    /**
     * @param tiles as {@link Body} has them
     * @param row its index
     */
    void run(float[][] tiles, int row);
  }

  private final Workers workers;
  private final float[][][] tiles;

  Tiles(Workers workers) {
    this.workers = workers;
    tiles = new float[workers.threads()][ARRAYS][SIZE];
  }

  /** Arrays for a loop on the calling thread that needs none of the rest. */
  float[][] own() {
    return tiles[0];
  }

  /**
   * Runs the body over all tiles of {@code length} elements.
   *
   * @param worthSharing length from which a second thread pays for its hand-over
   */
  void forEach(int length, int worthSharing, Body body) {
    forEach(SIZE, length, worthSharing, body);
  }

  /**
   * Runs the body over all tiles of {@code length} elements.
   *
   * @param size elements of each of them, at most {@link #SIZE}
   * @param worthSharing length from which a second thread pays for its hand-over
   */
  void forEach(int size, int length, int worthSharing, Body body) {
    int count = (length + size - 1) / size;
    if (length < worthSharing) {
      runTiles(0, 0, count, size, length, body);
    } else {
      workers.share(count, (thread, from, to) -> runTiles(thread, from, to, size, length, body));
    }
  }

  /**
   * Runs the body over the rows of a matrix.
   *
   * @param worthSharing elements from which a second thread pays for its hand-over
   */
  void forEachRow(int rows, int columns, int worthSharing, RowBody body) {
    Workers.Part part =
        (thread, from, to) -> {
          for (int row = from; row < to; row++) {
            body.run(tiles[thread], row);
          }
        };
    if ((long) rows * columns < worthSharing) {
      part.run(0, 0, rows);
    } else {
      workers.share(rows, part);
    }
  }

  private void runTiles(int thread, int first, int end, int size, int length, Body body) {
    for (int tile = first; tile < end; tile++) {
      int from = tile * size;
      body.run(tiles[thread], from, Math.min(size, length - from));
    }
  }
}
