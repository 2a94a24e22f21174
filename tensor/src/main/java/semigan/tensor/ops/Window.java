package semigan.tensor.ops;

/**
 * How a kernel slides over an image.
 *
 * @param strideHeight pixels between neighbouring positions, downwards
 * @param strideWidth pixels between neighbouring positions, to the right
 * @param padTop rows of zeros above the image
 * @param padLeft columns of zeros left of it
 * @param padBottom rows of zeros below it
 * @param padRight columns of zeros right of it
 */
public record Window(
    int strideHeight, int strideWidth, int padTop, int padLeft, int padBottom, int padRight) {
  /** Checks them. */
  public Window {
    if (strideHeight < 1 || strideWidth < 1) {
      throw new IllegalArgumentException(
          "window: strides are %d and %d, expected at least 1"
              .formatted(strideHeight, strideWidth));
    }
    if (padTop < 0 || padLeft < 0 || padBottom < 0 || padRight < 0) {
      throw new IllegalArgumentException(
          "window: paddings are %d, %d, %d and %d (top, left, bottom, right), expected none below 0"
              .formatted(padTop, padLeft, padBottom, padRight));
    }
  }

  /** The same stride both ways, and the same padding on every side. */
  public static Window of(int stride, int padding) {
    return new Window(stride, stride, padding, padding, padding, padding);
  }
}
