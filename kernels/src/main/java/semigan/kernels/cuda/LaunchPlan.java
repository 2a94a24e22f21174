package semigan.kernels.cuda;

import semigan.kernels.DType;

/**
 * How many blocks of how many threads a kernel is launched with. Kernels stride over the grid, so a
 * plan only says how much runs at once, and any number of elements is covered.
 *
 * @param blocksX blocks along x
 * @param blocksY blocks along y
 * @param threads threads in a block, a multiple of a warp
 */
record LaunchPlan(int blocksX, int blocksY, int threads) {
  /** Threads that execute together. */
  static final int WARP = 32;

  /** For what a single thread does. */
  static final LaunchPlan ONE_WARP = new LaunchPlan(1, 1, WARP);

  /** What the hardware allows of blocks along y; along x it is 2^31 - 1. */
  private static final int MOST_Y = 65_535;

  private static final int MOST_THREADS = 1024;

  /**
   * Threads of a kernel that goes through elements. Small enough to fill the last multiprocessor
   * evenly.
   */
  private static final int THREADS = 256;

  /** Blocks of 256 threads that a multiprocessor holds when each thread takes 40 registers. */
  private static final int RESIDENT = 6;

  LaunchPlan {
    if (blocksX < 1 || blocksY < 1 || blocksY > MOST_Y) {
      throw new IllegalArgumentException(
          "launch: a grid of %d x %d blocks, expected at least 1 each and at most %d along y"
              .formatted(blocksX, blocksY, MOST_Y));
    }
    if (threads < 1 || threads > MOST_THREADS || threads % WARP != 0) {
      throw new IllegalArgumentException(
          "launch: %d threads in a block, expected a multiple of %d up to %d"
              .formatted(threads, WARP, MOST_THREADS));
    }
  }

  /** A thread for each of {@code count} elements, or as many as the GPU can hold at once. */
  static LaunchPlan elements(long count, int multiprocessors) {
    return new LaunchPlan(blocks(count, THREADS, RESIDENT * multiprocessors), 1, THREADS);
  }

  /** A thread for each pack of {@code count} elements, or as many as the GPU can hold at once. */
  static LaunchPlan packs(long count, DType type, int multiprocessors) {
    return elements((count - 1) / Box.lanes(type) + 1, multiprocessors);
  }

  /**
   * A block of {@code threads} for each of {@code count} groups, or as many as are wanted at once.
   */
  static LaunchPlan groups(long count, int threads, int multiprocessors) {
    int resident = RESIDENT * THREADS / threads;
    return new LaunchPlan(blocks(count, 1, Math.max(1, resident) * multiprocessors), 1, threads);
  }

  /** {@code count / each}, rounded up, within 1 and {@code most}. */
  static int blocks(long count, int each, int most) {
    long wanted = count / each + (count % each == 0 ? 0 : 1);
    return (int) Math.max(1, Math.min(wanted, most));
  }
}
