package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import semigan.kernels.BackendUnavailableException;

/** One GPU: its primary context, what it is, and the stream on which all work runs in order. */
final class CudaContext implements AutoCloseable {
  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private final int capability;
  private final int multiprocessors;
  private final String name;
  private final long totalMemory;

  /**
   * @param index of the GPU, from 0
   * @throws BackendUnavailableException if there is no such GPU
   */
  CudaContext(int index) {
    int[] count = new int[1];
    check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
    if (index >= count[0]) {
      throw new BackendUnavailableException(
          CudaBackend.NAME,
          "a GPU of index " + index,
          count[0] == 1 ? "only one" : count[0] + " of them",
          count[0] == 0
              ? "nvidia-smi shows what the driver sees; CUDA_VISIBLE_DEVICES may hide it"
              : "the last is --device cuda:%d".formatted(count[0] - 1),
          null);
    }
    check(JCudaDriver.cuDeviceGet(device, index), "cuDeviceGet");
    byte[] text = new byte[256];
    check(JCudaDriver.cuDeviceGetName(text, text.length, device), "cuDeviceGetName");
    name = new String(text, StandardCharsets.US_ASCII).replace("\0", "").strip();
    long[] bytes = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem");
    totalMemory = bytes[0];
    capability =
        10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    multiprocessors = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    retain();
    try {
      use();
      check(
          JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
          "cuStreamCreate");
    } catch (RuntimeException e) {
      JCudaDriver.cuDevicePrimaryCtxRelease(device);
      throw e;
    }
  }

  private void retain() {
    int result = JCudaDriver.cuDevicePrimaryCtxRetain(context, device);
    if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw full(name, null);
    }
    if (!Status.isSuccess(result)) {
      throw broken(
          "%s: %s, %s".formatted(name, Status.name(result), Status.explanation(result)), null);
    }
  }

  /** The GPU is there but cannot be used. */
  static BackendUnavailableException broken(String found, Throwable cause) {
    return new BackendUnavailableException(
        CudaBackend.NAME,
        "a GPU that can be used",
        found,
        "see by nvidia-smi who uses it, or use another by --device cuda:INDEX",
        cause);
  }

  /** The GPU's memory does not hold even what the backend starts with. */
  static BackendUnavailableException full(String name, Throwable cause) {
    return new BackendUnavailableException(
        CudaBackend.NAME,
        "free memory on the GPU",
        name + " full",
        "end what fills it, which nvidia-smi lists, or use another by --device cuda:INDEX",
        cause);
  }

  private int attribute(int which) {
    int[] value = new int[1];
    check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
    return value[0];
  }

  /** Makes this GPU the calling thread's. Every thread must say so before its first call. */
  void use() {
    check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
  }

  CUstream stream() {
    return stream;
  }

  /** {@code NVIDIA H100 80GB HBM3}. */
  String name() {
    return name;
  }

  /** Compute capability as the compiler writes it: 90 for 9.0. */
  int capability() {
    return capability;
  }

  int multiprocessors() {
    return multiprocessors;
  }

  /** Bytes that the GPU has. */
  long totalMemory() {
    return totalMemory;
  }

  /** Bytes that nobody uses now. */
  long freeMemory() {
    use();
    long[] free = new long[1];
    check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
    return free[0];
  }

  /** Returns when all work on the stream is done. */
  void synchronize() {
    use();
    check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
  }

  /**
   * Makes this GPU the calling thread's and waits for it, for what is closed next. A GPU that is
   * lost has nothing to wait for.
   */
  void finish() {
    JCudaDriver.cuCtxSetCurrent(context);
    JCudaDriver.cuStreamSynchronize(stream);
  }

  @Override
  public void close() {
    JCudaDriver.cuStreamDestroy(stream);
    JCudaDriver.cuDevicePrimaryCtxRelease(device);
  }
}
