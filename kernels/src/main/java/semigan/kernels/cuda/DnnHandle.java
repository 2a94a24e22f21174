package semigan.kernels.cuda;

import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;
import semigan.kernels.DeviceFailureException;
import semigan.kernels.DeviceMemoryException;

/** cuDNN on a context's stream. */
final class DnnHandle implements AutoCloseable {
  private static final int SUCCESS = 0;

  /** Every status from here to 999 above says that a parameter is bad, and which. */
  private static final int BAD_PARAMETER = 2000;

  /** Every status from here to 999 above says that something is not supported, and what. */
  private static final int NOT_SUPPORTED = 3000;

  /** {@code CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED}, which jcudnn does not name. */
  private static final int ALLOCATION_FAILED = 4004;

  private final cudnnHandle handle = new cudnnHandle();
  private final CudaContext context;

  DnnHandle(CudaContext context) {
    this.context = context;
    context.use();
    JCudnn.setExceptionsEnabled(false);
    check(JCudnn.cudnnCreate(handle), "cudnnCreate");
    check(JCudnn.cudnnSetStream(handle, new cudaStream_t(context.stream())), "cudnnSetStream");
  }

  cudnnHandle get() {
    return handle;
  }

  CudaContext context() {
    return context;
  }

  /** {@code 9.5.0}. */
  static String version() {
    long version = JCudnn.cudnnGetVersion();
    return "%d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100);
  }

  static boolean isSuccess(int status) {
    return status == SUCCESS;
  }

  /** The library's name of a status: {@code CUDNN_STATUS_BAD_PARAM}. */
  static String name(int status) {
    return "%s (%d)".formatted(JCudnn.cudnnGetErrorString(status), status);
  }

  /**
   * @param call what was called, and with which convolution
   * @throws UnsupportedOperationException if cuDNN cannot do it
   * @throws DeviceMemoryException if the device was too full for it
   * @throws DeviceFailureException if it failed otherwise
   */
  static void check(int status, String call) {
    if (status / 1000 * 1000 == NOT_SUPPORTED) {
      throw unsupported(status, call);
    }
    if (status == ALLOCATION_FAILED) {
      throw new DeviceMemoryException(CudaBackend.NAME, call);
    }
    if (!isSuccess(status)) {
      throw new DeviceFailureException(
          CudaBackend.NAME,
          call,
          name(status),
          "cuDNN %s; see its log with CUDNN_LOGLEVEL_DBG=2".formatted(version()));
    }
  }

  /**
   * As {@link #check}, for a convolution that cuDNN was asked to choose an algorithm for: the
   * parameters were good then, so to call them bad now is another way to refuse.
   */
  static void checkRun(int status, String call) {
    if (status / 1000 * 1000 == BAD_PARAMETER) {
      throw unsupported(status, call);
    }
    check(status, call);
  }

  private static UnsupportedOperationException unsupported(int status, String call) {
    return new UnsupportedOperationException(
        "cuda: %s: cuDNN %s cannot do it: %s; use another size or precision"
            .formatted(call, version(), name(status)));
  }

  @Override
  public void close() {
    JCudnn.cudnnDestroy(handle);
  }
}
