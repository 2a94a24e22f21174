package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import semigan.kernels.CachingAllocator.Block;

class CachingAllocatorTest {
  private static final long BUDGET = 1 << 20;

  /** A piece of memory that knows whether somebody is using it. */
  private record Memory(long bytes, AtomicBoolean taken) {}

  private static final class Machine implements CachingAllocator.Source<Memory> {
    private final AtomicLong out = new AtomicLong();
    private volatile long most = Long.MAX_VALUE;

    @Override
    public Memory reserve(long bytes) {
      if (out.get() + bytes > most) {
        return null;
      }
      out.addAndGet(bytes);
      return new Memory(bytes, new AtomicBoolean());
    }

    @Override
    public void giveBack(Memory memory) {
      out.addAndGet(-memory.bytes());
    }
  }

  private final Machine machine = new Machine();
  private final CachingAllocator<Memory> allocator =
      new CachingAllocator<>("device", machine, BUDGET);

  @Test
  void countsWhatIsLiveAndItsPeak() {
    Block<Memory> first = allocator.allocate(1024);
    Block<Memory> second = allocator.allocate(2048);
    assertEquals(new MemoryUsage(3072, 3072, 0, BUDGET), allocator.usage());
    allocator.release(second);
    assertEquals(new MemoryUsage(1024, 3072, 2048, BUDGET), allocator.usage());
    allocator.release(first);
    assertEquals(new MemoryUsage(0, 3072, 3072, BUDGET), allocator.usage());
    assertEquals(3072, machine.out.get());
  }

  @Test
  void emptiesTheCacheWhereTheDeviceHasLessThanTheBudget() {
    machine.most = 4096;
    allocator.release(allocator.allocate(3072));
    Block<Memory> other = allocator.allocate(4096);
    assertEquals(4096, machine.out.get());
    assertThrows(DeviceMemoryException.class, () -> allocator.allocate(64));
    allocator.release(other);
    allocator.allocate(64);
  }

  /** Else two would have the same memory. */
  @Test
  void aBlockThatIsOutAgainIsNotTakenBackFromWhoHadItBefore() {
    Block<Memory> first = allocator.allocate(1024);
    allocator.release(first);
    Block<Memory> second = allocator.allocate(1024);
    assertSame(first.memory(), second.memory());
    assertThrows(IllegalStateException.class, () -> allocator.release(first));
    assertEquals(1024, allocator.usage().live());
    allocator.release(second);
  }

  @Test
  void memoryOfRecordedWorkStaysItsOwn() {
    CachingAllocator.Pool<Memory> pool = new CachingAllocator.Pool<>();
    allocator.enter(pool);
    Block<Memory> recorded = allocator.allocate(1024);
    allocator.release(recorded);
    allocator.leave();
    Block<Memory> other = allocator.allocate(1024);
    assertNotSame(recorded.memory(), other.memory(), "given to somebody else");
    allocator.enter(pool);
    pool.seal();
    assertSame(recorded.memory(), allocator.allocate(1024).memory());
    var error = assertThrows(IllegalStateException.class, () -> allocator.allocate(1024));
    assertTrue(error.getMessage().contains("rehearsed"), error.getMessage());
    allocator.leave();
    assertEquals(new MemoryUsage(2048, 2048, 0, BUDGET), allocator.usage());
    allocator.trim();
    assertEquals(2048, machine.out.get());
  }

  @Test
  void memoryOfRecordedWorkIsEverybodysWhenItEnds() {
    CachingAllocator.Pool<Memory> pool = new CachingAllocator.Pool<>();
    allocator.enter(pool);
    Block<Memory> first = allocator.allocate(1024);
    Block<Memory> second = allocator.allocate(1024);
    allocator.leave();
    allocator.release(first);
    assertEquals(new MemoryUsage(1024, 2048, 1024, BUDGET), allocator.usage());
    allocator.dissolve(pool);
    assertSame(first.memory(), allocator.allocate(1024).memory());
    allocator.release(second);
    assertSame(second.memory(), allocator.allocate(1024).memory());
    assertEquals(new MemoryUsage(2048, 2048, 0, BUDGET), allocator.usage());
  }

  @Test
  void otherThreadsTakeNothingFromRecordedWork() throws Exception {
    CachingAllocator.Pool<Memory> pool = new CachingAllocator.Pool<>();
    allocator.enter(pool);
    allocator.release(allocator.allocate(1024));
    pool.seal();
    var executor = Executors.newSingleThreadExecutor();
    try {
      assertEquals(64, executor.submit(() -> allocator.allocate(64)).get().memory().bytes());
    } finally {
      executor.shutdown();
    }
    allocator.leave();
  }

  @Test
  void givesReleasedMemoryOutAgain() {
    Block<Memory> first = allocator.allocate(1000);
    allocator.release(first);
    Block<Memory> second = allocator.allocate(1020);
    assertSame(first.memory(), second.memory());
    assertNotSame(second.memory(), allocator.allocate(1020).memory());
  }

  @Test
  void wastesAtMostAnEighthAndHoldsWhatWasAskedFor() {
    for (long bytes = 0; bytes < 100_000; bytes = bytes * 9 / 8 + 1) {
      long size = CachingAllocator.sizeClass(bytes);
      assertTrue(size >= bytes && size % 64 == 0, bytes + " got " + size);
      assertTrue(size <= Math.max(bytes + 64, bytes * 9 / 8), bytes + " got " + size);
    }
  }

  @Test
  void refusesASecondRelease() {
    Block<Memory> block = allocator.allocate(100);
    allocator.release(block);
    var error = assertThrows(IllegalStateException.class, () -> allocator.release(block));
    assertTrue(error.getMessage().contains("released twice"), error.getMessage());
    assertEquals(0, allocator.usage().live());
  }

  @Test
  void saysWhatWasAskedForAndWhatThereIsWhenTheBudgetIsExceeded() {
    allocator.allocate(BUDGET / 2);
    var error = assertThrows(DeviceMemoryException.class, () -> allocator.allocate(BUDGET));
    assertEquals(
        "device: out of memory: 1.0 MiB asked for, 512.0 KiB in use, budget 1.0 MiB; "
            + "use a smaller --batch or a narrower model",
        error.getMessage());
    assertEquals(BUDGET / 2, allocator.usage().live());
  }

  @Test
  void emptiesTheCacheRatherThanExceedTheBudget() {
    allocator.release(allocator.allocate(BUDGET / 2));
    allocator.allocate(BUDGET);
    assertEquals(new MemoryUsage(BUDGET, BUDGET, 0, BUDGET), allocator.usage());
    assertEquals(BUDGET, machine.out.get());
  }

  @Test
  void trimGivesTheCacheBackAndKeepsWhatIsLive() {
    Block<Memory> kept = allocator.allocate(1024);
    allocator.release(allocator.allocate(4096));
    allocator.trim();
    assertEquals(new MemoryUsage(1024, 5120, 0, BUDGET), allocator.usage());
    assertEquals(1024, machine.out.get());
    allocator.release(kept);
    allocator.trim();
    assertEquals(0, machine.out.get());
  }

  @Test
  void neverGivesOnePieceToTwoThreads() throws Exception {
    Callable<Boolean> use = () -> churn(new Random(Thread.currentThread().getId()));
    var threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> all = List.of(use, use, use, use);
      for (var result : threads.invokeAll(all)) {
        assertTrue(result.get(), "a piece was out twice");
      }
    } finally {
      threads.shutdownNow();
    }
    MemoryUsage usage = allocator.usage();
    assertEquals(0, usage.live());
    assertEquals(usage.cached(), machine.out.get());
  }

  /** Takes and releases at random; false if what it got was somebody else's. */
  private boolean churn(Random random) {
    var held = new ArrayDeque<Block<Memory>>();
    boolean alone = true;
    for (int round = 0; round < 20_000; round++) {
      if (held.size() < 4 && random.nextBoolean()) {
        Block<Memory> block = allocator.allocate(1 + random.nextInt(4000));
        alone &= block.memory().taken().compareAndSet(false, true);
        held.add(block);
      } else if (!held.isEmpty()) {
        Block<Memory> block = held.remove();
        block.memory().taken().set(false);
        allocator.release(block);
      }
    }
    for (Block<Memory> block : new ArrayList<>(held)) {
      block.memory().taken().set(false);
      allocator.release(block);
    }
    return alone;
  }
}
