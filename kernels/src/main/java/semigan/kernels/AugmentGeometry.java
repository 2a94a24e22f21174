package semigan.kernels;

/**
 * The sizes and the strengths of an augmentation of NHWC images. Each image {@code x} becomes, with
 * draws {@code u} of its own,
 *
 * <ol>
 *   <li>brighter by {@code (u0 - 1/2) brightness},
 *   <li>{@code m + (1 + (2 u1 - 1) saturation) (x - m)}, with {@code m} the pixel's mean over its
 *       channels,
 *   <li>{@code M + (1 + (u2 - 1/2) contrast) (x - M)}, with {@code M} the mean of the whole image,
 *   <li>moved down and right by up to {@code maxDown} and {@code maxRight} pixels either way (u3,
 *       u4), with zeros behind it,
 *   <li>0 in a box of {@code cutHeight} by {@code cutWidth} pixels around a pixel (u5, u6).
 * </ol>
 *
 * Strengths of 1 are the paper's, and 0 leaves a step out.
 */
public record AugmentGeometry(
    int batch,
    int height,
    int width,
    int channels,
    float brightness,
    float saturation,
    float contrast,
    int maxDown,
    int maxRight,
    int cutHeight,
    int cutWidth) {
  /** How many numbers an image needs. */
  public static final int DRAWS = 7;

  public AugmentGeometry {
    Sizes.positive("augmentation", "batch", batch);
    Sizes.positive("augmentation", "height", height);
    Sizes.positive("augmentation", "width", width);
    Sizes.positive("augmentation", "channels", channels);
    notNegative("brightness", brightness);
    notNegative("saturation", saturation);
    notNegative("contrast", contrast);
    notNegative("move down", maxDown);
    notNegative("move right", maxRight);
    notNegative("height of the box", cutHeight);
    notNegative("width of the box", cutWidth);
  }

  private static void notNegative(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(
          "augmentation: the %s must not be negative but is %s; 0 leaves it out"
              .formatted(name, value));
    }
  }

  /** Elements of one image. */
  public int imageLength() {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  /**
   * What is done to one image.
   *
   * @param brightness is added
   * @param saturation multiplies a pixel's differences from its mean
   * @param contrast multiplies the differences from the image's mean
   * @param cutTop first row of the box, which may lie outside
   * @param cutLeft first column of the box
   */
  public record Change(
      double brightness,
      double saturation,
      double contrast,
      int down,
      int right,
      int cutTop,
      int cutLeft) {}

  /** What an image's draws say. */
  public Change change(double... u) {
    return new Change(
        (u[0] - 0.5) * brightness,
        1 + (2 * u[1] - 1) * saturation,
        1 + (u[2] - 0.5) * contrast,
        below(2 * maxDown + 1, u[3]) - maxDown,
        below(2 * maxRight + 1, u[4]) - maxRight,
        below(height + 1 - cutHeight % 2, u[5]) - cutHeight / 2,
        below(width + 1 - cutWidth % 2, u[6]) - cutWidth / 2);
  }

  /** A whole number in {@code [0, count)}, from the draw's first 24 bits alone. */
  private static int below(int count, double u) {
    return (int) ((long) (u * 0x1p24) * count >> 24);
  }

  /** Whether an output pixel is one of an input, neither behind the image nor in the box. */
  public boolean shows(Change change, int row, int column) {
    int y = row - change.down;
    int x = column - change.right;
    boolean inside = y >= 0 && y < height && x >= 0 && x < width;
    int inBox = row - change.cutTop;
    int across = column - change.cutLeft;
    return inside && !(inBox >= 0 && inBox < cutHeight && across >= 0 && across < cutWidth);
  }
}
