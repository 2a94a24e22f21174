package semigan.kernels;

/** Two-dimensional pooling of NHWC images. */
public interface PoolKernels {
  void averageForward(Pool2dGeometry geometry, Buffer x, Buffer y);

  void averageBackward(Pool2dGeometry geometry, Buffer dy, Buffer dx);

  /** What is no number may take no part. */
  void maxForward(Pool2dGeometry geometry, Buffer x, Buffer y);

  /** Each {@code dy} goes to the first (row by row) of its window's largest elements. */
  void maxBackward(Pool2dGeometry geometry, Buffer x, Buffer dy, Buffer dx);
}
