package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.Conv2dGeometry;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Two-dimensional transposed convolution of NHWC images: the map that {@link Conv2d} applies to
 * gradients. The filter is that of the convolution it transposes, from the large image to the small
 * one.
 */
public final class ConvTranspose2d {
  private ConvTranspose2d() {}

  /**
   * To the smallest output that fits: {@code (size - 1) stride + kernel - padding} along each axis.
   *
   * @param x {@code [batch, height, width, in]}
   * @param w {@code [in, kernel height, kernel width, out]}
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static Tensor convTranspose2d(Tensor x, Tensor w, Window window) {
    Conv2d.requireImages("conv_transpose2d", x, w);
    int height =
        (x.shape().size(1) - 1) * window.strideHeight()
            + w.shape().size(1)
            - window.padTop()
            - window.padBottom();
    int width =
        (x.shape().size(2) - 1) * window.strideWidth()
            + w.shape().size(2)
            - window.padLeft()
            - window.padRight();
    return convTranspose2d(x, w, window, height, width);
  }

  /**
   * To a given output size; with a stride over 1 several fit.
   *
   * @return {@code [batch, height, width, out]}
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static Tensor convTranspose2d(Tensor x, Tensor w, Window window, int height, int width) {
    Conv2d.requireImages("conv_transpose2d", x, w);
    if (x.shape().size(3) != w.shape().size(0)) {
      throw new IllegalArgumentException(
          "conv_transpose2d: input has %d channels (axis 3 of %s) but the filter expects %d (axis 0 of %s)"
              .formatted(x.shape().size(3), x.shape(), w.shape().size(0), w.shape()));
    }
    if (height <= 0 || width <= 0) {
      throw new IllegalArgumentException(
          "conv_transpose2d: an output of %dx%d is empty, from input %s and filter %s; use less padding or a larger kernel"
              .formatted(height, width, x.shape(), w.shape()));
    }
    Shape large = Shape.of(x.shape().size(0), height, width, w.shape().size(3));
    Conv2dGeometry g = Conv2d.geometry(large, w.shape(), window);
    if (g.outHeight() != x.shape().size(1) || g.outWidth() != x.shape().size(2)) {
      throw new IllegalArgumentException(
          "conv_transpose2d: an output of %dx%d would come from an input of %dx%d, but it is %dx%d (axes 1 and 2 of %s)"
              .formatted(
                  height,
                  width,
                  g.outHeight(),
                  g.outWidth(),
                  x.shape().size(1),
                  x.shape().size(2),
                  x.shape()));
    }
    var kernels = x.device().conv();
    Tensor y = Tensor.empty(x.device(), x.type(), large);
    kernels.backwardInput(g, x.buffer(), w.buffer(), y.buffer());
    return y.madeBy(
        "conv_transpose2d",
        List.of(x, w),
        (dy, gradients) -> {
          Tensor dx = Conv2d.emptyIfWanted(x, gradients);
          Tensor dw = Conv2d.emptyIfWanted(w, gradients);
          if (dx != null && dw != null) {
            kernels.transposedBackward(
                g, x.buffer(), w.buffer(), dy.buffer(), dx.buffer(), dw.buffer());
          } else if (dx != null) {
            kernels.forward(g, dy.buffer(), w.buffer(), dx.buffer());
          } else if (dw != null) {
            kernels.backwardWeight(g, dy.buffer(), x.buffer(), dw.buffer());
          }
          gradients.to(x, () -> dx);
          gradients.to(w, () -> dw);
        });
  }
}
