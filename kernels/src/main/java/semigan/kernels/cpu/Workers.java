package semigan.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that compute beside the caller's, oneDNN's primitives as well as loops in Java. One
 * that has nothing to do looks for work for a while before it sleeps: waking it takes longer than
 * most of what it is woken for.
 */
final class Workers implements AutoCloseable {
  /** A stretch of a loop. */
  interface Part {
    /**
     * @param thread index of the running thread below {@link #threads()}, for memory of its own
     * @param from first element of the stretch
     * @param to end of the stretch
     */
    void run(int thread, int from, int to);
  }

  private record Loop(
      Part part, int count, int parts, AtomicInteger pending, AtomicReference<Throwable> failure) {
    void run(int thread) {
      int from = (int) ((long) count * thread / parts);
      int to = (int) ((long) count * (thread + 1) / parts);
      part.run(thread, from, to);
    }
  }

  /** Longer than a training step takes between two loops; waking may take 0.2 ms (measured). */
  private static final long AWAKE_NANOS = 1_000_000;

  private final Thread[] others;
  private volatile Loop current;
  private volatile boolean open = true;

  Workers(int threads) {
    others = new Thread[threads - 1];
    for (int i = 0; i < others.length; i++) {
      int index = i + 1;
      others[i] = new Thread(() -> work(index), "semigan-cpu-" + index);
      others[i].setDaemon(true);
      others[i].start();
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
    Loop loop = new Loop(part, count, parts, new AtomicInteger(parts - 1), new AtomicReference<>());
    current = loop;
    for (int i = 1; i < parts; i++) {
      LockSupport.unpark(others[i - 1]);
    }
    try {
      loop.run(0);
    } finally {
      // The others write to the caller's memory: it must not go on before they are done.
      while (loop.pending().get() > 0) {
        Thread.onSpinWait();
      }
    }
    Throwable failed = loop.failure().get();
    if (failed != null) {
      throw new IllegalStateException("cpu: a worker thread failed", failed);
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
        try {
          loop.run(thread);
        } catch (RuntimeException | Error e) {
          loop.failure().set(e);
        } finally {
          loop.pending().decrementAndGet();
        }
      }
      done = loop;
    }
  }

  /** The next loop after the one given, or that one itself once the workers are closed. */
  private Loop await(Loop done) {
    long asleepAt = System.nanoTime() + AWAKE_NANOS;
    Loop next = current;
    while (next == done && open) {
      if (System.nanoTime() < asleepAt) {
        Thread.onSpinWait();
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
