package semigan.kernels.cpu;

/**
 * Working memory that every kernel may overwrite: kernels run one at a time, and none leaves
 * anything for the next. It grows to the largest need and stays there.
 */
final class Scratch implements AutoCloseable {
  private NativeMemory memory;
  private long size;

  /** The address of at least {@code bytes}; earlier addresses are void if it had to grow. */
  long reserve(long bytes) {
    if (bytes > size) {
      close();
      memory = new NativeMemory(bytes);
      size = bytes;
    }
    return memory == null ? 0 : memory.address();
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.free();
      memory = null;
      size = 0;
    }
  }
}
