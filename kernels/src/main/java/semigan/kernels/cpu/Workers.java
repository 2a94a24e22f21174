package semigan.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import semigan.kernels.BackendUnavailableException;

/**
 * The threads that compute beside the caller's, oneDNN's primitives as well as loops in Java. One
 * that has nothing to do looks for work for a while before it sleeps: waking it takes longer than
 * most of what it is woken for.
 *
 * <p>Who waits leaves the processor to others after a moment, such as the thread that reads images,
 * HotSpot's compilers, or one of these; and the caller runs the parts whose threads are late. Else
 * a thread that has lost its processor for some milliseconds holds up a loop of some microseconds.
 */
final class Workers implements AutoCloseable {
  /** A stretch of a loop. */
  interface Part {
    /**
     * @param thread whose part this is, below {@link #threads()}: an index of memory that no other
     *     part uses meanwhile
     * @param from first element of the stretch
     * @param to end of the stretch
     */
    void run(int thread, int from, int to);
  }

  /** Turns of a loop that waits, from one time that it leaves the processor to the next. */
  private static final int SPINS = 500;

  /** Longer than a training step takes between two loops; waking may take 0.2 ms (measured). */
  private static final long AWAKE_NANOS = 1_000_000;

  /**
   * Part 0 is the caller's; any other is its own thread's, or the caller's if that is late: by whom
   * it is begun first.
   */
  private static final class Loop {
    private final Part part;
    private final int count;
    private final AtomicIntegerArray begun;
    private final AtomicInteger pending;
    private volatile Throwable failure;

    Loop(Part part, int count, int parts) {
      this.part = part;
      this.count = count;
      begun = new AtomicIntegerArray(parts);
      pending = new AtomicInteger(parts);
    }

    int parts() {
      return begun.length();
    }

    /** What a part has thrown, whoever ran it. */
    void rethrow() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
    }

    void runUnlessBegun(int index) {
      if (!begun.compareAndSet(index, 0, 1)) {
        return;
      }
      try {
        int from = (int) ((long) count * index / parts());
        int to = (int) ((long) count * (index + 1) / parts());
        part.run(index, from, to);
      } catch (RuntimeException | Error e) {
        failure = e;
      } finally {
        pending.decrementAndGet();
      }
    }
  }

  private final Thread[] others;
  private volatile Loop current;
  private volatile boolean open = true;

  Workers(int threads) {
    others = new Thread[threads - 1];
    for (int i = 0; i < others.length; i++) {
      int index = i + 1;
      others[i] = new Thread(() -> work(index), "semigan-cpu-" + index);
      others[i].setDaemon(true);
      try {
        others[i].start();
      } catch (OutOfMemoryError e) {
        close();
        throw new BackendUnavailableException(
            CpuBackend.NAME,
            "%d threads".formatted(threads),
            "that the system gives this process no more than %d".formatted(i + 1),
            "give --threads %d or fewer, or raise the limit on its processes".formatted(i + 1),
            e);
      }
    }
  }

  /** How many run a loop, the caller's included. */
  int threads() {
    return others.length + 1;
  }

  /** Shares out {@code count} elements, always in the same way, and returns when all are done. */
  void share(int count, Part part) {
    int parts = Math.min(threads(), count);
    if (parts <= 1) {
      part.run(0, 0, count);
      return;
    }
    Loop loop = new Loop(part, count, parts);
    current = loop;
    for (int i = 1; i < parts; i++) {
      LockSupport.unpark(others[i - 1]);
    }
    for (int i = 0; i < parts; i++) {
      loop.runUnlessBegun(i);
    }
    // The others write to the caller's memory: it must not go on before they are done.
    for (int turn = 0; loop.pending.get() > 0; turn++) {
      rest(turn);
    }
    loop.rethrow();
  }

  private static void rest(int turn) {
    if (turn % SPINS == SPINS - 1) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  private void work(int thread) {
    Loop done = null;
    while (true) {
      Loop loop = await(done);
      if (loop == done) {
        return;
      }
      if (thread < loop.parts()) {
        loop.runUnlessBegun(thread);
      }
      done = loop;
    }
  }

  /** The next loop after the one given, or that one itself once the workers are closed. */
  private Loop await(Loop done) {
    long asleepAt = System.nanoTime() + AWAKE_NANOS;
    Loop next = current;
    for (int turn = 0; next == done && open; turn++) {
      if (System.nanoTime() < asleepAt) {
        rest(turn);
      } else {
        LockSupport.park(this);
      }
      next = current;
    }
    return next;
  }

  /** Ends the threads; the backend frees the memory that they know only after this. */
  @Override
  public void close() {
    open = false;
    boolean interrupted = false;
    for (Thread thread : others) {
      if (thread == null) {
        break; // it could not be started
      }
      LockSupport.unpark(thread);
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
