package semigan.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Loops in Java over native memory. HotSpot vectorises loops over {@code float[]} but not over
 * buffers, so a loop takes a tile of each operand into an array that stays in the first cache,
 * computes there, and puts the result back.
 *
 * <p>Big loops are shared out among a few threads, always in the same way, so that the same input
 * gives the same bits.
 */
final class Tiles implements AutoCloseable {
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

  private final int threads;
  private final ExecutorService workers;
  private final float[][][] tiles;

  Tiles(int threads) {
    this.threads = threads;
    tiles = new float[threads][ARRAYS][SIZE];
    workers =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            task -> {
              Thread thread = new Thread(task, "semigan-cpu");
              thread.setDaemon(true);
              return thread;
            });
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
    int parts = length < worthSharing ? 1 : Math.min(threads, count);
    List<Future<?>> others = new ArrayList<>(parts - 1);
    for (int part = 1; part < parts; part++) {
      int index = part;
      others.add(workers.submit(() -> runPart(index, parts, count, length, body)));
    }
    runPart(0, parts, count, length, body);
    others.forEach(Tiles::finish);
  }

  private void runPart(int part, int parts, int count, int length, Body body) {
    int end = (int) ((long) count * (part + 1) / parts);
    for (int tile = (int) ((long) count * part / parts); tile < end; tile++) {
      int from = tile * SIZE;
      body.run(tiles[part], from, Math.min(SIZE, length - from));
    }
  }

  private static void finish(Future<?> part) {
    try {
      part.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cpu: a worker thread failed", e.getCause());
    } catch (InterruptedException e) {
      // The kernel must be whole before its caller goes on.
      finish(part);
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
