package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.Pool2dGeometry;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Pooling of NHWC images. Padding takes no part in an average or a maximum. */
public final class Pool2d {
  private Pool2d() {}

  /**
   * @param x {@code [batch, height, width, channels]}
   * @return {@code [batch, (height + padding - kernel) / stride + 1, likewise, channels]}
   * @throws IllegalArgumentException if the window does not fit or {@code x} holds integers
   */
  public static Tensor averagePool2d(Tensor x, int kernelHeight, int kernelWidth, Window window) {
    Pool2dGeometry g = geometry("average_pool2d", x, kernelHeight, kernelWidth, window);
    Tensor y = output(x, g);
    x.device().pool().averageForward(g, x.buffer(), y.buffer());
    return y.madeBy(
        "average_pool2d",
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x,
                () -> {
                  Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
                  x.device().pool().averageBackward(g, dy.buffer(), dx.buffer());
                  return dx;
                }));
  }

  /** As {@link #averagePool2d}; the gradient goes to the first of a window's largest elements. */
  public static Tensor maxPool2d(Tensor x, int kernelHeight, int kernelWidth, Window window) {
    Pool2dGeometry g = geometry("max_pool2d", x, kernelHeight, kernelWidth, window);
    Tensor y = output(x, g);
    x.device().pool().maxForward(g, x.buffer(), y.buffer());
    return y.madeBy(
        "max_pool2d",
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x,
                () -> {
                  Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
                  x.device().pool().maxBackward(g, x.buffer(), dy.buffer(), dx.buffer());
                  return dx;
                }));
  }

  private static Tensor output(Tensor x, Pool2dGeometry g) {
    return Tensor.empty(
        x.device(), x.type(), Shape.of(g.batch(), g.outHeight(), g.outWidth(), g.channels()));
  }

  private static Pool2dGeometry geometry(
      String operation, Tensor x, int kernelHeight, int kernelWidth, Window window) {
    x.requireFloatingPoint(operation);
    if (x.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "%s: input must be [batch,height,width,channels] but has shape %s"
              .formatted(operation, x.shape()));
    }
    return new Pool2dGeometry(
        x.shape().size(0),
        x.shape().size(1),
        x.shape().size(2),
        x.shape().size(3),
        kernelHeight,
        kernelWidth,
        window.strideHeight(),
        window.strideWidth(),
        window.padTop(),
        window.padLeft(),
        window.padBottom(),
        window.padRight());
  }
}
