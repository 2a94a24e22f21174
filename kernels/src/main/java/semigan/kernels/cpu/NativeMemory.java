package semigan.kernels.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import semigan.kernels.CachingAllocator;
import semigan.kernels.DeviceMemoryException;

/**
 * A piece of the C heap, aligned to a cache line (and so to the widest vector), with one view for
 * Java. Freed by hand: the garbage collector neither knows of it nor waits for it.
 */
final class NativeMemory {
  private static final long ALIGNMENT = 64;

  /** A direct ByteBuffer holds no more, rounded down to whole cache lines. */
  static final long LARGEST = Integer.MAX_VALUE - (ALIGNMENT - 1);

  /**
   * What a piece of memory holds, without a look at it.
   *
   * @param changes how often it may have changed
   */
  record Version(NativeMemory memory, long changes) {}

  private final Pointer origin;
  private final long address;
  private final ByteBuffer bytes;
  private long changes;

  /**
   * Memory that no budget counts.
   *
   * @throws DeviceMemoryException if the system has no more
   */
  NativeMemory(long size) {
    this(size, required(size));
  }

  private NativeMemory(long size, Pointer origin) {
    this.origin = origin;
    address = (origin.address() + ALIGNMENT - 1) & -ALIGNMENT;
    bytes = new Address().over(address, size).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static Pointer required(long size) {
    Pointer origin = originOrNull(size);
    if (origin == null) {
      throw new DeviceMemoryException(
          CpuBackend.NAME,
          "reserving %s of working memory".formatted(DeviceMemoryException.size(size)));
    }
    return origin;
  }

  /** Null where the system refuses. */
  private static Pointer originOrNull(long size) {
    Pointer origin = Pointer.malloc(size + ALIGNMENT - 1);
    return origin == null || origin.isNull() ? null : origin;
  }

  long address() {
    return address;
  }

  ByteBuffer bytes() {
    return bytes;
  }

  /** From now on it counts as another version. */
  void mayChange() {
    changes++;
  }

  Version version() {
    return new Version(this, changes);
  }

  void free() {
    Pointer.free(origin);
  }

  /** The C heap as an allocator's source; it knows what is out, to free it all at the end. */
  static final class Source implements CachingAllocator.Source<NativeMemory>, AutoCloseable {
    private final Set<NativeMemory> reserved = ConcurrentHashMap.newKeySet();

    @Override
    public NativeMemory reserve(long bytes) {
      Pointer origin = originOrNull(bytes);
      if (origin == null) {
        return null;
      }
      NativeMemory memory = new NativeMemory(bytes, origin);
      reserved.add(memory);
      return memory;
    }

    @Override
    public void giveBack(NativeMemory memory) {
      if (reserved.remove(memory)) {
        memory.free();
      }
    }

    @Override
    public void close() {
      List.copyOf(reserved).forEach(this::giveBack);
    }
  }

  /** A pointer that can be aimed, to hand an address to a native function without allocating. */
  static final class Address extends Pointer {
    Address at(long target) {
      address = target;
      return this;
    }

    private Address over(long target, long size) {
      address = target;
      limit = size;
      capacity = size;
      return this;
    }
  }
}
