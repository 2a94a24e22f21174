package semigan.kernels.cuda;

import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import semigan.kernels.DeviceFailureException;
import semigan.kernels.DeviceMemoryException;

/** cuBLAS on a context's stream, with a workspace that stays where it is. */
final class BlasHandle implements AutoCloseable {
  private static final int SUCCESS = 0;

  /** What cuBLAS recommends for compute capability 9.0. */
  private static final long WORKSPACE = 32L << 20;

  private final cublasHandle handle = new cublasHandle();

  /**
   * @param source of the workspace
   */
  BlasHandle(CudaContext context, DeviceMemory.Source source) {
    context.use();
    JCublas2.setExceptionsEnabled(false);
    // First, since it is what a full GPU lacks: then there is no handle to give back.
    DeviceMemory workspace = source.require(WORKSPACE);
    check(JCublas2.cublasCreate(handle), "cublasCreate");
    // In this order: setting the stream takes the workspace away. Without one, cuBLAS allocates,
    // which cannot be recorded.
    check(JCublas2.cublasSetStream(handle, new cudaStream_t(context.stream())), "cublasSetStream");
    check(
        JCublas2.cublasSetWorkspace(handle, workspace.pointer(), WORKSPACE), "cublasSetWorkspace");
    check(
        JCublas2.cublasSetMathMode(
            handle,
            cublasMath.CUBLAS_DEFAULT_MATH
                | cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION),
        "cublasSetMathMode");
  }

  cublasHandle get() {
    return handle;
  }

  /** {@code 12.6.3}. */
  String version() {
    int[] version = new int[1];
    check(JCublas2.cublasGetVersion(handle, version), "cublasGetVersion");
    return "%d.%d.%d".formatted(version[0] / 10_000, version[0] / 100 % 100, version[0] % 100);
  }

  /**
   * @param call what was called, and with which product
   * @throws DeviceMemoryException if the device was too full for it
   * @throws DeviceFailureException if it failed otherwise
   */
  static void check(int status, String call) {
    if (status == cublasStatus.CUBLAS_STATUS_ALLOC_FAILED) {
      throw new DeviceMemoryException(CudaBackend.NAME, call);
    }
    if (status != SUCCESS) {
      throw new DeviceFailureException(
          CudaBackend.NAME,
          call,
          "%s (%d)".formatted(JCublas2.cublasGetStatusName(status), status),
          "%s; see its log with CUBLAS_LOGINFO_DBG=1"
              .formatted(JCublas2.cublasGetStatusString(status)));
    }
  }

  /** The workspace goes back with all that its source gave. */
  @Override
  public void close() {
    JCublas2.cublasDestroy(handle);
  }
}
