package semigan.kernels;

/**
 * The sizes of a two-dimensional convolution. Input is {@code [batch, inHeight, inWidth,
 * inChannels]}, the filter {@code [outChannels, kernelHeight, kernelWidth, inChannels]}, output
 * {@code [batch, outHeight(), outWidth(), outChannels]}. Padding is zeros and may differ on each
 * side.
 *
 * @throws IllegalArgumentException if a size is not positive, a padding negative, or the filter
 *     does not fit
 */
public record Conv2dGeometry(
    int batch,
    int inHeight,
    int inWidth,
    int inChannels,
    int outChannels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight) {
  public Conv2dGeometry {
    Sizes.positive("convolution", "batch", batch);
    Sizes.positive("convolution", "input channels", inChannels);
    Sizes.positive("convolution", "output channels", outChannels);
    Sizes.window("convolution", "height", inHeight, kernelHeight, strideHeight, padTop, padBottom);
    Sizes.window("convolution", "width", inWidth, kernelWidth, strideWidth, padLeft, padRight);
  }

  /** The same for another number of images. */
  public Conv2dGeometry withBatch(int images) {
    return new Conv2dGeometry(
        images,
        inHeight,
        inWidth,
        inChannels,
        outChannels,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        padBottom,
        padRight);
  }

  public int outHeight() {
    return (inHeight + padTop + padBottom - kernelHeight) / strideHeight + 1;
  }

  public int outWidth() {
    return (inWidth + padLeft + padRight - kernelWidth) / strideWidth + 1;
  }

  /** Elements of the input that one output pixel sees. */
  public int window() {
    return kernelHeight * kernelWidth * inChannels;
  }

  /** Elements of the input. */
  public long inputLength() {
    return (long) batch * inHeight * inWidth * inChannels;
  }

  /** Elements of the filter. */
  public long filterLength() {
    return (long) outChannels * kernelHeight * kernelWidth * inChannels;
  }

  /** Elements of the output. */
  public long outputLength() {
    return (long) batch * outHeight() * outWidth() * outChannels;
  }
}
