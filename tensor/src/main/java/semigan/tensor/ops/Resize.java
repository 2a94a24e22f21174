package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.ResizeGeometry;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** NHWC images at another size, positions following pixel centres. */
public final class Resize {
  private Resize() {}

  /**
   * The nearest pixel.
   *
   * @param x {@code [batch, height, width, channels]}
   * @throws IllegalArgumentException if {@code x} has another rank or holds integers, or the new
   *     size is not positive
   */
  public static Tensor resizeNearest(Tensor x, int height, int width) {
    return resize(x, height, width, ResizeGeometry.Method.NEAREST);
  }

  /** As {@link #resizeNearest}, by linear interpolation along both axes. */
  public static Tensor resizeBilinear(Tensor x, int height, int width) {
    return resize(x, height, width, ResizeGeometry.Method.BILINEAR);
  }

  private static Tensor resize(Tensor x, int height, int width, ResizeGeometry.Method method) {
    if (x.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "resize: input must be [batch,height,width,channels] but has shape " + x.shape());
    }
    x.requireFloatingPoint("resize");
    int batch = x.shape().size(0);
    int channels = x.shape().size(3);
    var g =
        new ResizeGeometry(batch, x.shape().size(1), x.shape().size(2), channels, height, width);
    Tensor y = Tensor.empty(x.device(), x.type(), Shape.of(batch, height, width, channels));
    x.device().resize().forward(g, method, x.buffer(), y.buffer());
    return y.madeBy(
        "resize",
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x,
                () -> {
                  Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
                  x.device().resize().backward(g, method, dy.buffer(), dx.buffer());
                  return dx;
                }));
  }
}
