package semigan.kernels.cpu;

/**
 * Loops in Java over native memory. HotSpot vectorises loops over {@code float[]} but not over
 * buffers, so a loop takes a tile of each operand into an array that stays in the first cache,
 * computes there, and puts the result back.
 *
 * <p>Big loops are shared out among a few threads, always in the same way, so that the same input
 * gives the same bits.
 */
final class Tiles {
  /** Elements of a tile: four of them fill half of the first cache. */
  static final int SIZE = 2048;

  private static final int ARRAYS = 4;

  /** What is done with one stretch of elements. */
  interface Body {
    /**
     * @param tiles four arrays of {@link #SIZE} elements, this thread's own
     * @param from index of the first element
     * @param count number of elements, at most {@link #SIZE}
     */
    void run(float[][] tiles, int from, int count);
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
    int count = (length + SIZE - 1) / SIZE;
    if (length < worthSharing) {
      runTiles(0, 0, count, length, body);
    } else {
      workers.share(count, (thread, from, to) -> runTiles(thread, from, to, length, body));
    }
  }

  private void runTiles(int thread, int first, int end, int length, Body body) {
    for (int tile = first; tile < end; tile++) {
      int from = tile * SIZE;
      body.run(tiles[thread], from, Math.min(SIZE, length - from));
    }
  }
}
