package semigan.kernels.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  static CachingAllocator.Source<NativeMemory> source() {
    return new CachingAllocator.Source<>() {
      @Override
      public NativeMemory reserve(long bytes) {
        return new NativeMemory(bytes);
      }

      @Override
      public void giveBack(NativeMemory memory) {
        memory.free();
      }
    };
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
