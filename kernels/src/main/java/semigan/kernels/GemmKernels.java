package semigan.kernels;

/** Matrix products. */
public interface GemmKernels {
  /** {@code c = op(a) op(b)}. */
  void matmul(MatmulGeometry geometry, Buffer a, Buffer b, Buffer c);
}
