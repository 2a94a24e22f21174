package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import semigan.kernels.CachingAllocator;
import semigan.kernels.DeviceMemoryException;

/** A piece of a GPU's memory. */
final class DeviceMemory {
  /** A device pointer that tells its address. */
  private static final class Address extends CUdeviceptr {
    long value() {
      return getNativePointer();
    }
  }

  private final Address pointer;

  private DeviceMemory(Address pointer) {
    this.pointer = pointer;
  }

  CUdeviceptr pointer() {
    return pointer;
  }

  long address() {
    return pointer.value();
  }

  /** The driver as an allocator's source; it knows what is out, to free it all at the end. */
  static final class Source implements CachingAllocator.Source<DeviceMemory>, AutoCloseable {
    private final CudaContext context;
    private final Set<DeviceMemory> reserved = ConcurrentHashMap.newKeySet();

    Source(CudaContext context) {
      this.context = context;
    }

    /** Nothing where the device is full: others use it too, so no budget foresees that. */
    @Override
    public DeviceMemory reserve(long bytes) {
      context.use();
      Address pointer = new Address();
      int result = JCudaDriver.cuMemAlloc(pointer, bytes);
      if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
        return null;
      }
      check(result, "cuMemAlloc of %,d bytes".formatted(bytes));
      DeviceMemory memory = new DeviceMemory(pointer);
      reserved.add(memory);
      return memory;
    }

    /**
     * As {@link #reserve}, for what the backend holds from its opening on.
     *
     * @throws DeviceMemoryException if the device does not have it
     */
    DeviceMemory require(long bytes) {
      DeviceMemory memory = reserve(bytes);
      if (memory == null) {
        throw new DeviceMemoryException(CudaBackend.NAME, "opening it");
      }
      return memory;
    }

    /** Waits for kernels that may still use it, as the driver does. */
    @Override
    public void giveBack(DeviceMemory memory) {
      if (reserved.remove(memory)) {
        context.use();
        check(JCudaDriver.cuMemFree(memory.pointer), "cuMemFree");
      }
    }

    /** Gives everything back; a GPU that is lost has done so itself. */
    @Override
    public void close() {
      reserved.forEach(memory -> JCudaDriver.cuMemFree(memory.pointer));
      reserved.clear();
    }
  }
}
