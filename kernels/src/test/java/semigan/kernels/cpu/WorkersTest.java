package semigan.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersTest {
  @Test
  void everyElementIsVisitedOnceInEveryLoop() {
    try (Workers workers = new Workers(3)) {
      for (int count = 0; count < 2000; count++) {
        var visits = new AtomicIntegerArray(count);
        workers.share(
            count,
            (thread, from, to) -> {
              for (int i = from; i < to; i++) {
                visits.incrementAndGet(i);
              }
            });
        int[] found = new int[count];
        Arrays.setAll(found, visits::get);
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        assertArrayEquals(ones, found);
      }
    }
  }

  /** Sooner or later one is; of each part there is one run all the same. */
  @Test
  void theCallerRunsThePartOfAThreadThatIsLate() {
    Thread caller = Thread.currentThread();
    var runByCaller = new AtomicInteger();
    try (Workers workers = new Workers(4 * Runtime.getRuntime().availableProcessors())) {
      long end = System.nanoTime() + 30_000_000_000L;
      while (runByCaller.get() == 0 && System.nanoTime() < end) {
        var visits = new AtomicIntegerArray(workers.threads());
        workers.share(
            workers.threads(),
            (part, from, to) -> {
              visits.incrementAndGet(part);
              if (part > 0 && Thread.currentThread() == caller) {
                runByCaller.incrementAndGet();
              }
            });
        for (int part = 0; part < workers.threads(); part++) {
          assertEquals(1, visits.get(part));
        }
      }
    }
    assertTrue(runByCaller.get() > 0);
  }

  @Test
  void workersThatFellAsleepAreWoken() throws InterruptedException {
    try (Workers workers = new Workers(2)) {
      var sum = new AtomicInteger();
      for (int i = 0; i < 5; i++) {
        Thread.sleep(20);
        workers.share(2, (thread, from, to) -> sum.addAndGet(to - from));
      }
      assertEquals(10, sum.get());
    }
  }

  @Test
  void failureOfAnyPartReachesTheCallerAndLeavesTheWorkersUsable() {
    try (Workers workers = new Workers(2)) {
      for (int failing = 0; failing < 2; failing++) {
        int culprit = failing;
        var cause = new IllegalArgumentException("of part " + culprit);
        var thrown =
            assertThrows(
                RuntimeException.class,
                () ->
                    workers.share(
                        2,
                        (thread, from, to) -> {
                          if (thread == culprit) {
                            throw cause;
                          }
                        }));
        assertSame(cause, thrown);
      }
      var parts = new AtomicInteger();
      workers.share(2, (thread, from, to) -> parts.incrementAndGet());
      assertEquals(2, parts.get());
    }
  }

  @Test
  void failureOfAllPartsDoesNotReachTheNextLoop() {
    try (Workers workers = new Workers(2)) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              workers.share(
                  2,
                  (thread, from, to) -> {
                    throw new IllegalArgumentException("of every part");
                  }));
      var parts = new AtomicInteger();
      workers.share(2, (thread, from, to) -> parts.incrementAndGet());
      assertEquals(2, parts.get());
    }
  }

  /** A loop that ran again after close would write to memory that was freed. */
  @Test
  void closingRunsNothingAgain() {
    for (int round = 0; round < 200; round++) {
      var parts = new AtomicInteger();
      Workers workers = new Workers(3);
      workers.share(3, (thread, from, to) -> parts.incrementAndGet());
      workers.close();
      assertEquals(3, parts.get());
    }
  }
}
