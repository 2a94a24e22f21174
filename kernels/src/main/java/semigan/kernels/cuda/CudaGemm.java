package semigan.kernels.cuda;

import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasOperation;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.GemmKernels;
import semigan.kernels.MatmulGeometry;

/** Matrix products by cuBLAS, with sums in F32. */
final class CudaGemm implements GemmKernels, AutoCloseable {

  private final CudaContext context;
  private final Launcher launcher;
  private final Backend memory;
  private final BlasHandle handle;
  private final boolean tf32;

  /**
   * @param launcher of what follows a product
   * @param memory where a product waits for it
   * @param source of cuBLAS's workspace
   * @param tf32 whether F32 inputs may be rounded to TF32
   */
  CudaGemm(
      CudaContext context,
      Launcher launcher,
      Backend memory,
      DeviceMemory.Source source,
      boolean tf32) {
    this.context = context;
    this.launcher = launcher;
    this.memory = memory;
    this.handle = new BlasHandle(context, source);
    this.tf32 = tf32;
  }

  String libraryVersion() {
    return handle.version();
  }

  /**
   * cuBLAS takes columns for what we call rows, so it sees every matrix transposed: it is asked for
   * {@code c' = op(b)' op(a)'}.
   *
   * @throws IllegalArgumentException if the types are not {@code a} and {@code b} the same, and
   *     {@code c} the same or F32
   */
  @Override
  public void matmul(MatmulGeometry g, Buffer a, Buffer b, Buffer c) {
    if (a.type() != b.type() || (c.type() != a.type() && c.type() != DType.F32)) {
      throw new IllegalArgumentException(
          "cuda: a product of %s and %s into %s, expected operands of one type and a result of that type or F32; convert one"
              .formatted(a.type(), b.type(), c.type()));
    }
    context.use();
    int type = dataType(a.type());
    BlasHandle.check(
        JCublas2.cublasGemmEx_new(
            handle.get(),
            operation(g.transposeB()),
            operation(g.transposeA()),
            g.columns(),
            g.rows(),
            g.inner(),
            HostScalar.ONE,
            CudaBuffer.pointer(b),
            type,
            g.transposeB() ? g.inner() : g.columns(),
            CudaBuffer.pointer(a),
            type,
            g.transposeA() ? g.rows() : g.inner(),
            HostScalar.ZERO,
            CudaBuffer.pointer(c),
            dataType(c.type()),
            g.columns(),
            tf32 && a.type() == DType.F32
                ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
                : cublasComputeType.CUBLAS_COMPUTE_32F,
            cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
        "%s in %s".formatted(g, a.type()));
  }

  @Override
  public void affine(MatmulGeometry g, float slope, Buffer a, Buffer b, Buffer bias, Buffer c) {
    // The product of BF16 is not to be rounded before the bias is added.
    Buffer z = c.type() == DType.F32 ? c : memory.allocate(DType.F32, c.length());
    try {
      matmul(g, a, b, z);
      launcher.launch(
          "elementwise",
          "bias_leaky_relu" + Launcher.suffix(c.type()),
          LaunchPlan.elements(c.length(), launcher.multiprocessors()),
          c.length(),
          g.columns(),
          slope,
          z,
          bias,
          c);
    } finally {
      if (z != c) {
        memory.release(z);
      }
    }
  }

  private static int operation(boolean transposed) {
    return transposed ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static int dataType(DType type) {
    return type == DType.BF16 ? cudaDataType.CUDA_R_16BF : cudaDataType.CUDA_R_32F;
  }

  @Override
  public void close() {
    handle.close();
  }
}
