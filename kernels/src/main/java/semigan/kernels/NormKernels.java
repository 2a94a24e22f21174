package semigan.kernels;

/**
 * Batch normalisation over the rows of {@code x: [rows, channels]} (all positions of an NHWC image
 * are rows); Ioffe and Szegedy 2015, <a
 * href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>. Everything but {@code x}, {@code y}
 * and their gradients is F32 of length {@code channels}. The variance is the biased one (divided by
 * {@code rows}).
 */
public interface NormKernels {
  /**
   * {@code y = scale (x - mean) / sqrt(variance + epsilon) + shift} with the statistics of this
   * batch, which are written to {@code mean} and {@code variance}.
   */
  void batchNormForward(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer y,
      Buffer mean,
      Buffer variance);

  /** As {@link #batchNormForward}, with given statistics. */
  void batchNormInference(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y);

  /** The gradients of {@link #batchNormForward}, through the statistics too. */
  void batchNormBackward(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer mean,
      Buffer variance,
      Buffer dy,
      Buffer dx,
      Buffer dscale,
      Buffer dshift);
}
