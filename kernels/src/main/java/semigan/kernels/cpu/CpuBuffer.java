package semigan.kernels.cpu;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.Pointer;
import semigan.kernels.Buffer;
import semigan.kernels.CachingAllocator;
import semigan.kernels.DType;

/**
 * Native memory that oneDNN sees by its address, and Java loops through a view that is made on
 * first use.
 */
final class CpuBuffer extends Buffer {
  private final NativeMemory memory;
  private final int byteOffset;
  private final CachingAllocator.Block<NativeMemory> block;
  private FloatBuffer floats;
  private IntBuffer ints;
  private ShortBuffer shorts;

  /** The whole of an allocator's block. */
  CpuBuffer(DType type, long length, CachingAllocator.Block<NativeMemory> block) {
    this(type, length, block.memory(), 0, block);
  }

  /** Memory that its creator frees. */
  CpuBuffer(DType type, long length, NativeMemory memory) {
    this(type, length, memory, 0, null);
  }

  private CpuBuffer(
      DType type,
      long length,
      NativeMemory memory,
      int byteOffset,
      CachingAllocator.Block<NativeMemory> block) {
    super(type, length);
    this.memory = memory;
    this.byteOffset = byteOffset;
    this.block = block;
  }

  /** For who may write to it. */
  static CpuBuffer of(Buffer buffer) {
    CpuBuffer ours = reading(buffer);
    ours.memory.mayChange();
    return ours;
  }

  /** For who does not write to it: its {@link #version} stays. */
  static CpuBuffer reading(Buffer buffer) {
    return (CpuBuffer) buffer;
  }

  /** Equal as long as nobody can have written to the memory that this lies in. */
  NativeMemory.Version version() {
    return memory.version();
  }

  long address() {
    return memory.address() + byteOffset;
  }

  /** The number of elements, which the backend keeps inside an int. */
  int size() {
    return (int) length();
  }

  FloatBuffer floats() {
    if (floats == null) {
      floats = view().asFloatBuffer();
    }
    return floats;
  }

  /** The elements' bits, whatever their type of four bytes. */
  IntBuffer ints() {
    if (ints == null) {
      ints = view().asIntBuffer();
    }
    return ints;
  }

  /** The elements' bits, where their type has two bytes. */
  ShortBuffer shorts() {
    if (shorts == null) {
      shorts = view().asShortBuffer();
    }
    return shorts;
  }

  private ByteBuffer view() {
    ByteBuffer whole = memory.bytes();
    return whole.slice(byteOffset, (int) bytes()).order(whole.order());
  }

  /** The rest of this buffer, from an element on. */
  CpuBuffer from(long offset) {
    return offset == 0 ? this : (CpuBuffer) slice(offset, length() - offset);
  }

  /** Every bit becomes 0. */
  void clear() {
    Pointer.memset(new NativeMemory.Address().at(address()), 0, bytes());
  }

  /** Takes all of another buffer of the same type, from this buffer's start on. */
  void copyFrom(CpuBuffer source) {
    Pointer.memcpy(
        new NativeMemory.Address().at(address()),
        new NativeMemory.Address().at(source.address()),
        source.bytes());
  }

  /**
   * What the allocator takes back.
   *
   * @throws IllegalArgumentException if this is a window
   */
  CachingAllocator.Block<NativeMemory> block() {
    if (block == null) {
      throw new IllegalArgumentException(
          "cpu: a window cannot be released; release the buffer that it looks into");
    }
    return block;
  }

  @Override
  protected Buffer window(long offset, long length) {
    int start = byteOffset + (int) offset * type().bytes();
    return new CpuBuffer(type(), length, memory, start, null);
  }
}
