package semigan.kernels;

/**
 * Batch normalisation over the rows of {@code x: [rows, channels]} (all positions of an NHWC image
 * are rows); Ioffe and Szegedy 2015, <a
 * href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>. Everything but {@code x}, {@code y}
 * and their gradients is F32 of length {@code channels}. The variance is the biased one (divided by
 * {@code rows}).
 *
 * <p>LeakyReLU follows in the same kernel, which spares the memory between the two: {@code y = z >
 * 0 ? z : slope z} of the normalised {@code z}, with {@code slope >= 0}; 1 leaves {@code z} as it
 * is, 0 is ReLU, which may make 0 of what is no number.
 */
public interface NormKernels {
  /**
   * {@code z = scale (x - mean) / sqrt(variance + epsilon) + shift} with the statistics of this
   * batch, which are written to {@code mean} and {@code variance}.
   */
  void batchNormForward(
      long rows,
      int channels,
      float epsilon,
      float slope,
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
      float slope,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y);

  /**
   * The gradients of {@link #batchNormForward}, through the statistics too; the derivative where
   * {@code z = 0} is {@code slope}.
   *
   * <p>The sign of {@code z} is that of {@code y}, and comes out of {@code x} and {@code shift}
   * again. A backend takes what costs it less: a kernel of our own has {@code x} at hand and reads
   * no {@code y} (5 tensors read and written instead of 7), a library's activation wants {@code y}.
   */
  void batchNormBackward(
      long rows,
      int channels,
      float epsilon,
      float slope,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y,
      Buffer dy,
      Buffer dx,
      Buffer dscale,
      Buffer dshift);

  /**
   * Weight normalisation of each row: {@code w = scale v / |v|}; Salimans and Kingma 2016, <a
   * href="https://arxiv.org/abs/1602.07868">arXiv:1602.07868</a>. All F32.
   *
   * @param v {@code [rows, columns]}
   * @param scale {@code [rows]}
   * @param w as {@code v}
   */
  void weightNormForward(int rows, int columns, Buffer v, Buffer scale, Buffer w);

  /** The gradients of {@link #weightNormForward}; {@code dv} may be {@code dw}. */
  void weightNormBackward(
      int rows, int columns, Buffer v, Buffer scale, Buffer dw, Buffer dv, Buffer dscale);
}
