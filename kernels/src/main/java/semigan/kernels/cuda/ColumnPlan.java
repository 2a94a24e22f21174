package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import semigan.kernels.Buffer;

/**
 * How the kernels of columns.cuh share a matrix: blocks are tiles of neighbouring channels by slabs
 * of rows, and a block's threads a rectangle of {@code columns} by {@code threads / columns}.
 *
 * @param rows of the matrix
 * @param channels its columns
 * @param vector channels of a thread: 1, or what 16 bytes hold
 * @param columns threads side by side, a power of two
 * @param tiles blocks side by side
 * @param slabs blocks that share the rows of a tile
 * @param threads of a block, a power of two
 */
record ColumnPlan(
    long rows, int channels, int vector, int columns, int tiles, int slabs, int threads)
    implements KernelStruct {
  /** Tiles may be shared by several blocks if there are no more than this. */
  static final int MOST_SHARED_TILES = 4096;

  private static final int MOST_THREADS = 512;
  private static final int VECTOR_BYTES = 16;

  /** Bytes side by side that a tile has: less wastes what the memory delivers at once. */
  private static final int TILE_BYTES = 128;

  private static final int SMALL_TILE_BYTES = 64;

  /** Up to this many rows for a thread, a second launch costs more than a second block gains. */
  private static final int SMALL_ROWS = 16;

  /** At least as many rows for a thread, so that its preparations pay. */
  private static final int WORTH_A_SLAB = 4;

  /** Blocks of {@link #MOST_THREADS} that a multiprocessor holds. */
  private static final int RESIDENT = 2;

  /**
   * For sums down the columns: one slab if the matrix is small.
   *
   * @param vector from {@link #vector}
   */
  static ColumnPlan sums(long rows, int channels, int vector, int bytes, int multiprocessors) {
    int narrow = columns(channels, vector, SMALL_TILE_BYTES / (vector * bytes));
    if (rows <= (long) SMALL_ROWS * (MOST_THREADS / narrow)) {
      return plan(rows, channels, vector, narrow, 1);
    }
    return map(rows, channels, vector, bytes, multiprocessors);
  }

  /** For what treats every row alike. */
  static ColumnPlan map(long rows, int channels, int vector, int bytes, int multiprocessors) {
    int columns = columns(channels, vector, TILE_BYTES / (vector * bytes));
    return plan(rows, channels, vector, columns, RESIDENT * multiprocessors);
  }

  private static ColumnPlan plan(long rows, int channels, int vector, int columns, int blocks) {
    int tiles = LaunchPlan.blocks(channels, columns * vector, Integer.MAX_VALUE);
    int threads = columns;
    while (threads < MOST_THREADS && (threads < LaunchPlan.WARP || threads < columns * rows)) {
      threads *= 2;
    }
    int most = tiles > MOST_SHARED_TILES ? 1 : Math.max(1, blocks / tiles);
    int slabs = LaunchPlan.blocks(rows, threads / columns * WORTH_A_SLAB, most);
    return new ColumnPlan(rows, channels, vector, columns, tiles, slabs, threads);
  }

  /** Enough for all channels, up to {@code most}. */
  private static int columns(int channels, int vector, int most) {
    int columns = 1;
    while (columns < most && columns * vector < channels) {
      columns *= 2;
    }
    return columns;
  }

  /** What 16 bytes hold, if {@code tensors} of rows of {@code channels} can be accessed so. */
  static int vector(int channels, Buffer... tensors) {
    int vector = VECTOR_BYTES / tensors[0].type().bytes();
    boolean aligned = channels % vector == 0;
    for (Buffer tensor : tensors) {
      aligned &= CudaBuffer.of(tensor).address() % VECTOR_BYTES == 0;
    }
    return aligned ? vector : 1;
  }

  LaunchPlan launch() {
    return new LaunchPlan(tiles, slabs, threads);
  }

  @Override
  public String type() {
    return "Matrix";
  }

  @Override
  public void put(ByteBuffer target) {
    target.putLong(rows).putInt(channels).putInt(columns).putInt(vector).putInt(0);
  }
}
