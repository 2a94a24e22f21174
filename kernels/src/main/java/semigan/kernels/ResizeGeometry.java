package semigan.kernels;

/**
 * The sizes of a resize from {@code [batch, inHeight, inWidth, channels]} to {@code [batch,
 * outHeight, outWidth, channels]}. Positions follow pixel centres: output {@code o} looks at input
 * {@code (o + 0.5) in / out - 0.5}.
 */
public record ResizeGeometry(
    int batch, int inHeight, int inWidth, int channels, int outHeight, int outWidth) {
  /** How an output is read from the position it looks at. */
  public enum Method {
    /** The element whose pixel holds the position: input {@code floor((o + 0.5) in / out)}. */
    NEAREST,
    /**
     * The two nearest along each axis, weighted by closeness; past the border the border repeats.
     */
    BILINEAR
  }

  public ResizeGeometry {
    Sizes.positive("resize", "batch", batch);
    Sizes.positive("resize", "channels", channels);
    Sizes.positive("resize", "input height", inHeight);
    Sizes.positive("resize", "input width", inWidth);
    Sizes.positive("resize", "output height", outHeight);
    Sizes.positive("resize", "output width", outWidth);
  }

  /**
   * Where {@link Method#NEAREST} looks along one axis, exactly.
   *
   * @param o coordinate in the output, below {@code out}
   * @param in size of the input along the axis
   * @param out size of the output along it
   */
  public static int nearest(int o, int in, int out) {
    return (int) ((2L * o + 1) * in / (2L * out));
  }
}
