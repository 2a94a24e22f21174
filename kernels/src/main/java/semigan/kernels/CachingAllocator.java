package semigan.kernels;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
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
    M reserve(long bytes);

    void giveBack(M memory);
  }

  /** A piece of memory that is out, or waiting in the cache. */
  public static final class Block<M> {
    private final M memory;
    private final long size;
    private boolean live;

    private Block(M memory, long size) {
      this.memory = memory;
      this.size = size;
    }

    public M memory() {
      return memory;
    }
  }

  private final String device;
  private final Source<M> source;
  private final long budget;
  private final Map<Long, Deque<Block<M>>> cache = new HashMap<>();
  private long live;
  private long peak;
  private long cached;

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
   * Memory of at least {@code bytes}.
   *
   * @throws DeviceMemoryException if the budget does not hold it, even without the cache
   */
  public synchronized Block<M> allocate(long bytes) {
    long size = sizeClass(bytes);
    Deque<Block<M>> waiting = cache.get(size);
    Block<M> block;
    if (waiting != null && !waiting.isEmpty()) {
      block = waiting.pop();
      cached -= size;
    } else {
      if (size > budget - live - cached) {
        trim();
      }
      if (size > budget - live) {
        throw new DeviceMemoryException(device, bytes, usage());
      }
      block = new Block<>(source.reserve(size), size);
    }
    block.live = true;
    live += size;
    peak = Math.max(peak, live);
    return block;
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
    return new MemoryUsage(live, peak, cached, budget);
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
