package semigan.kernels;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps released memory for the next request of its size, counts every byte, and holds a budget.
 * Safe from any thread.
 *
 * @param <M> how the device names a piece of memory
 */
public final class CachingAllocator<M> {
  private static final long ALIGNMENT = 64;

  /** Where memory comes from. */
  public interface Source<M> {
    /** Memory of {@code bytes}, or null where the device has no more. */
    M reserve(long bytes);

    void giveBack(M memory);
  }

  /** A piece of memory that is out, or waiting in the cache. */
  public static final class Block<M> {
    private final M memory;
    private final long size;
    private Pool<M> pool;
    private boolean live;

    private Block(M memory, long size) {
      this.memory = memory;
      this.size = size;
    }

    public M memory() {
      return memory;
    }
  }

  /**
   * Blocks set apart for recorded work, which is replayed with the addresses that it was recorded
   * with: nobody else may get them while it lives. Between runs they wait here.
   */
  public static final class Pool<M> {
    private final Map<Long, Deque<Block<M>>> waiting = new HashMap<>();
    private final List<Block<M>> blocks = new ArrayList<>();
    private final Thread thread = Thread.currentThread();
    private boolean sealed;

    /** From now on only blocks that are here already are handed out. */
    public void seal() {
      sealed = true;
    }
  }

  private final String device;
  private final Source<M> source;
  private final long budget;
  private final Map<Long, Deque<Block<M>>> cache = new HashMap<>();
  private Pool<M> active;
  private long live;
  private long peak;
  private long cached;
  private long setApart;

  /**
   * @param device name of the backend, for messages
   * @param source where memory comes from
   * @param budget bytes that may be reserved at a time
   */
  public CachingAllocator(String device, Source<M> source, long budget) {
    this.device = device;
    this.source = source;
    this.budget = budget;
  }

  /**
   * Until {@link #leave}, what this thread asks for comes from {@code pool} and goes back to it.
   * One pool at a time.
   */
  public synchronized void enter(Pool<M> pool) {
    if (active != null) {
      throw new IllegalStateException(device + ": work is being recorded already; one at a time");
    }
    active = pool;
  }

  /** Ends {@link #enter}. */
  public synchronized void leave() {
    active = null;
  }

  /** Gives the blocks of a pool to everybody; those that are out come back later. */
  public synchronized void dissolve(Pool<M> pool) {
    for (Block<M> block : pool.blocks) {
      block.pool = null;
      if (!block.live) {
        setApart -= block.size;
        keep(block);
      }
    }
    pool.waiting.clear();
    pool.blocks.clear();
  }

  /**
   * Bytes that a buffer takes.
   *
   * @param length number of elements
   * @throws IllegalArgumentException if it is negative
   * @throws DeviceMemoryException if the budget does not hold it, even if nothing else were there
   */
  public long bytes(DType type, long length) {
    if (length < 0) {
      throw new IllegalArgumentException(
          "%s: a buffer has 0 elements or more, not %d".formatted(device, length));
    }
    // Divided, since the product may be more than a long holds.
    if (length > budget / type.bytes()) {
      long asked = length > Long.MAX_VALUE / type.bytes() ? Long.MAX_VALUE : length * type.bytes();
      throw new DeviceMemoryException(device, asked, usage());
    }
    return length * type.bytes();
  }

  /**
   * Memory of at least {@code bytes}.
   *
   * @throws DeviceMemoryException if the budget does not hold it, even without the cache
   * @throws IllegalStateException if it is for recorded work that did not need it before
   */
  public synchronized Block<M> allocate(long bytes) {
    long size = sizeClass(bytes);
    Block<M> block =
        active != null && active.thread == Thread.currentThread()
            ? fromPool(active, bytes, size)
            : fromCache(bytes, size);
    block.live = true;
    live += size;
    peak = Math.max(peak, live);
    return block;
  }

  private Block<M> fromPool(Pool<M> pool, long bytes, long size) {
    Block<M> waiting = poll(pool.waiting, size);
    if (waiting != null) {
      setApart -= size;
      return waiting;
    }
    if (pool.sealed) {
      throw new IllegalStateException(
          "%s: recorded work asked for %,d bytes more than when it was rehearsed; it must be the same each time, and keep nothing"
              .formatted(device, bytes));
    }
    Block<M> block = fromCache(bytes, size);
    block.pool = pool;
    pool.blocks.add(block);
    return block;
  }

  private Block<M> fromCache(long bytes, long size) {
    Block<M> waiting = poll(cache, size);
    if (waiting != null) {
      cached -= size;
      return new Block<>(waiting.memory, size); // who still holds the old one has none
    }
    if (size > budget - live - setApart - cached) {
      trim();
    }
    M memory = size > budget - live - setApart ? null : source.reserve(size);
    if (memory == null && cached > 0) {
      trim();
      memory = source.reserve(size);
    }
    if (memory == null) {
      throw new DeviceMemoryException(device, bytes, usage());
    }
    return new Block<>(memory, size);
  }

  private static <M> Block<M> poll(Map<Long, Deque<Block<M>>> blocks, long size) {
    Deque<Block<M>> waiting = blocks.get(size);
    return waiting == null || waiting.isEmpty() ? null : waiting.pop();
  }

  /**
   * Takes a block back.
   *
   * @throws IllegalStateException if it is back already
   */
  public synchronized void release(Block<M> block) {
    if (!block.live) {
      throw new IllegalStateException(
          "%s: a buffer of %d bytes was released twice".formatted(device, block.size));
    }
    block.live = false;
    live -= block.size;
    if (block.pool == null) {
      keep(block);
    } else {
      setApart += block.size;
      block.pool.waiting.computeIfAbsent(block.size, size -> new ArrayDeque<>()).push(block);
    }
  }

  private void keep(Block<M> block) {
    cached += block.size;
    cache.computeIfAbsent(block.size, size -> new ArrayDeque<>()).push(block);
  }

  /** Gives the cache back to the source. */
  public synchronized void trim() {
    cache.values().forEach(blocks -> blocks.forEach(block -> source.giveBack(block.memory)));
    cache.clear();
    cached = 0;
  }

  public synchronized MemoryUsage usage() {
    return new MemoryUsage(live, peak, cached + setApart, budget);
  }

  /**
   * Rounded up to one of eight sizes an octave, so that near sizes share blocks and at most an
   * eighth is wasted.
   */
  static long sizeClass(long bytes) {
    long step = Math.max(ALIGNMENT, Long.highestOneBit(Math.max(bytes, 1)) >>> 3);
    return Math.max(ALIGNMENT, (bytes + step - 1) / step * step);
  }
}
