package semigan.kernels;

/**
 * Changing images at random, differentiably, so that real and generated ones can both be changed on
 * the way to a discriminator (DiffAugment: Zhao et al. 2020, arXiv:2006.10738). What is done to an
 * image follows from its draws: see {@link AugmentGeometry}.
 */
public interface AugmentKernels {
  /**
   * @param draws F32 of {@code [batch, AugmentGeometry.DRAWS]}, uniform in {@code [0, 1)}
   * @param x {@code [batch, height, width, channels]}
   * @param y as {@code x}, and another buffer
   */
  void forward(AugmentGeometry geometry, Buffer draws, Buffer x, Buffer y);

  /** The gradient, given the forward's {@code draws}. */
  void backward(AugmentGeometry geometry, Buffer draws, Buffer dy, Buffer dx);
}
