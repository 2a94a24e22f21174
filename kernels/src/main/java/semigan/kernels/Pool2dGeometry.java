package semigan.kernels;

/**
 * The sizes of a two-dimensional pooling. Input is {@code [batch, inHeight, inWidth, channels]},
 * output {@code [batch, outHeight(), outWidth(), channels]}. Padded positions take no part: an
 * average divides by the number of real elements in the window, and every window must hold one.
 *
 * @throws IllegalArgumentException if a size is not positive, a padding is negative or not smaller
 *     than the window, or the window does not fit
 */
public record Pool2dGeometry(
    int batch,
    int inHeight,
    int inWidth,
    int channels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight) {
  public Pool2dGeometry {
    Sizes.positive("pooling", "batch", batch);
    Sizes.positive("pooling", "channels", channels);
    Sizes.window("pooling", "height", inHeight, kernelHeight, strideHeight, padTop, padBottom);
    Sizes.window("pooling", "width", inWidth, kernelWidth, strideWidth, padLeft, padRight);
    Sizes.paddingInside("pooling", "height", kernelHeight, padTop, padBottom);
    Sizes.paddingInside("pooling", "width", kernelWidth, padLeft, padRight);
  }

  public int outHeight() {
    return (inHeight + padTop + padBottom - kernelHeight) / strideHeight + 1;
  }

  public int outWidth() {
    return (inWidth + padLeft + padRight - kernelWidth) / strideWidth + 1;
  }
}
