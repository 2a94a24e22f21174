package semigan.kernels;

/** Matrix products. */
public interface GemmKernels {
  /** {@code c = op(a) op(b)}. */
  void matmul(MatmulGeometry geometry, Buffer a, Buffer b, Buffer c);

  /**
   * {@code c = leakyRelu(op(a) op(b) + bias)}, the activation as in {@link NormKernels}: {@code z >
   * 0 ? z : slope z}, with {@code slope >= 0}; 1 leaves {@code z} as it is. With a slope of 0 a
   * device may make 0 of what is no number.
   *
   * @param bias F32 of length {@code columns}
   */
  void affine(MatmulGeometry geometry, float slope, Buffer a, Buffer b, Buffer bias, Buffer c);
}
