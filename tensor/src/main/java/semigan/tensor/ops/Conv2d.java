package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.Conv2dGeometry;
import semigan.tensor.Backward;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Two-dimensional convolution (cross-correlation) of NHWC images. */
public final class Conv2d {
  private Conv2d() {}

  /**
   * @param x {@code [batch, height, width, in]}
   * @param w {@code [out, kernel height, kernel width, in]}
   * @return {@code [batch, (height + padding - kernel) / stride + 1, likewise, out]}
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static Tensor conv2d(Tensor x, Tensor w, Window window) {
    requireImages("conv2d", x, w);
    if (x.shape().size(3) != w.shape().size(3)) {
      throw new IllegalArgumentException(
          "conv2d: input has %d channels (axis 3 of %s) but the filter expects %d (axis 3 of %s)"
              .formatted(x.shape().size(3), x.shape(), w.shape().size(3), w.shape()));
    }
    Conv2dGeometry g = geometry(x.shape(), w.shape(), window);
    var kernels = x.device().conv();
    Tensor y =
        Tensor.empty(
            x.device(),
            x.type(),
            Shape.of(g.batch(), g.outHeight(), g.outWidth(), g.outChannels()));
    kernels.forward(g, x.buffer(), w.buffer(), y.buffer());
    return y.madeBy(
        "conv2d",
        List.of(x, w),
        (dy, gradients) -> {
          Tensor dx = emptyIfWanted(x, gradients);
          Tensor dw = emptyIfWanted(w, gradients);
          if (dx != null && dw != null) {
            kernels.backward(g, x.buffer(), w.buffer(), dy.buffer(), dx.buffer(), dw.buffer());
          } else if (dx != null) {
            kernels.backwardInput(g, dy.buffer(), w.buffer(), dx.buffer());
          } else if (dw != null) {
            kernels.backwardWeight(g, x.buffer(), dy.buffer(), dw.buffer());
          }
          gradients.to(x, () -> dx);
          gradients.to(w, () -> dw);
        });
  }

  /** Room for the gradient of {@code tensor}, or null if nobody wants that. */
  static Tensor emptyIfWanted(Tensor tensor, Backward.Sink gradients) {
    return gradients.wants(tensor)
        ? Tensor.empty(tensor.device(), tensor.type(), tensor.shape())
        : null;
  }

  static void requireImages(String operation, Tensor x, Tensor w) {
    Operands.requireAlike(operation, x, w);
    x.requireFloatingPoint(operation);
    if (x.shape().rank() != 4 || w.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "%s: input and filter must have four axes but have shapes %s and %s"
              .formatted(operation, x.shape(), w.shape()));
    }
  }

  /** The convolution from {@code image} with {@code filter}, whatever way it is used. */
  static Conv2dGeometry geometry(Shape image, Shape filter, Window window) {
    return new Conv2dGeometry(
        image.size(0),
        image.size(1),
        image.size(2),
        image.size(3),
        filter.size(0),
        filter.size(1),
        filter.size(2),
        window.strideHeight(),
        window.strideWidth(),
        window.padTop(),
        window.padLeft(),
        window.padBottom(),
        window.padRight());
  }
}
