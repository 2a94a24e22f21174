package semigan.kernels.cuda;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import semigan.kernels.Buffer;
import semigan.kernels.CachingAllocator;
import semigan.kernels.DType;

/** Elements in a GPU's memory. */
final class CudaBuffer extends Buffer {
  private final CachingAllocator.Block<DeviceMemory> block;
  private final DeviceMemory memory;
  private final long byteOffset;

  /** The whole of an allocator's block. */
  CudaBuffer(DType type, long length, CachingAllocator.Block<DeviceMemory> block) {
    this(type, length, block.memory(), 0, block);
  }

  /** The whole of memory that no allocator knows; it cannot be released. */
  CudaBuffer(DType type, long length, DeviceMemory memory) {
    this(type, length, memory, 0, null);
  }

  private CudaBuffer(
      DType type,
      long length,
      DeviceMemory memory,
      long byteOffset,
      CachingAllocator.Block<DeviceMemory> block) {
    super(type, length);
    this.memory = memory;
    this.byteOffset = byteOffset;
    this.block = block;
  }

  static CudaBuffer of(Buffer buffer) {
    return (CudaBuffer) buffer;
  }

  /** Where it begins, as a kernel sees it. */
  long address() {
    return memory.address() + byteOffset;
  }

  /** Where it begins, for the driver and the libraries. */
  CUdeviceptr pointer() {
    return memory.pointer().withByteOffset(byteOffset);
  }

  /** For the libraries' functions; the same as {@link #pointer()}. */
  static Pointer pointer(Buffer buffer) {
    return of(buffer).pointer();
  }

  /**
   * What the allocator takes back.
   *
   * @throws IllegalArgumentException if this is a window
   */
  CachingAllocator.Block<DeviceMemory> block() {
    if (block == null) {
      throw new IllegalArgumentException(
          "cuda: a window cannot be released; release the buffer that it looks into");
    }
    return block;
  }

  @Override
  protected Buffer window(long offset, long length) {
    return new CudaBuffer(type(), length, memory, byteOffset + offset * type().bytes(), null);
  }
}
