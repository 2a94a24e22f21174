package semigan.gan.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C lets the step that is under way finish: while this is open, the end of the process asks
 * the work to stop, and waits for what is then written and said.
 */
final class InterruptHook implements AutoCloseable {
  /** For a step to finish and its checkpoint to be written. */
  private static final int STOP_SECONDS = 120;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  /**
   * @param requestStop asks the work to stop soon; called from another thread
   */
  InterruptHook(Runnable requestStop) {
    hook = new Thread(() -> stop(requestStop), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop(Runnable requestStop) {
    requestStop.run();
    try {
      if (!done.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("gan: the step did not finish in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on the end of the process need not wait. */
  void release() {
    done.countDown();
  }

  @Override
  public void close() {
    release();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
    }
  }
}
