package semigan.kernels.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import semigan.kernels.CachingAllocator;

/**
 * A piece of the C heap, aligned to a cache line (and so to the widest vector), with one view for
 * Java. Freed by hand: the garbage collector neither knows of it nor waits for it.
 */
final class NativeMemory {
  private static final long ALIGNMENT = 64;

  /** A direct ByteBuffer holds no more, rounded down to whole cache lines. */
  static final long LARGEST = Integer.MAX_VALUE - (ALIGNMENT - 1);

  private final Pointer origin;
  private final long address;
  private final ByteBuffer bytes;

  NativeMemory(long size) {
    origin = Pointer.malloc(size + ALIGNMENT - 1);
    if (origin == null || origin.isNull()) {
      throw new OutOfMemoryError(
          "cpu: the system refused %,d bytes that the memory budget allows".formatted(size));
    }
    address = (origin.address() + ALIGNMENT - 1) & -ALIGNMENT;
    bytes = new Address().over(address, size).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  long address() {
    return address;
  }

  ByteBuffer bytes() {
    return bytes;
  }

  void free() {
    Pointer.free(origin);
  }

  /** The C heap as an allocator's source; it knows what is out, to free it all at the end. */
  static final class Source implements CachingAllocator.Source<NativeMemory>, AutoCloseable {
    private final Set<NativeMemory> reserved = ConcurrentHashMap.newKeySet();

    @Override
    public NativeMemory reserve(long bytes) {
      NativeMemory memory = new NativeMemory(bytes);
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
