package semigan.kernels;

/**
 * Records device work once and runs it again and again: first {@link #rehearse}, then {@link
 * #record}, then {@link #launch} as often as wanted. The work must ask for the same memory, call
 * the same kernels on the same buffers each time, and neither read from the device nor write to it.
 * Memory that it allocates is set apart until {@link #close}, so what it leaves there stays valid
 * from one launch to the next.
 */
public interface Recorder extends AutoCloseable {
  /** Runs the work as it is, for what only its first time needs: memory, searches, compilation. */
  void rehearse(Runnable work);

  /**
   * Records the work without running it.
   *
   * @throws IllegalStateException if it is not what was rehearsed
   */
  void record(Runnable work);

  /** Queues everything that was recorded. */
  void launch();

  /** Gives the recording and its memory back. */
  @Override
  void close();
}
