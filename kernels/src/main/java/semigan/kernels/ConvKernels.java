package semigan.kernels;

/**
 * Two-dimensional convolution (cross-correlation, as is usual in the field). A transposed
 * convolution is the same three with the roles exchanged: its forward is {@link #backwardInput},
 * its input's gradient {@link #forward}, and its filter's gradient {@link #backwardWeight} with
 * input and output gradient exchanged.
 */
public interface ConvKernels {
  /** {@code y = conv(x, w)}. */
  void forward(Conv2dGeometry geometry, Buffer x, Buffer w, Buffer y);

  /** The gradient of {@code sum(y dy)} with respect to {@code x}. */
  void backwardInput(Conv2dGeometry geometry, Buffer dy, Buffer w, Buffer dx);

  /** The gradient of {@code sum(y dy)} with respect to {@code w}. */
  void backwardWeight(Conv2dGeometry geometry, Buffer x, Buffer dy, Buffer dw);

  /** Both gradients, for a device that does them together in less time than one after the other. */
  default void backward(
      Conv2dGeometry geometry, Buffer x, Buffer w, Buffer dy, Buffer dx, Buffer dw) {
    backwardInput(geometry, dy, w, dx);
    backwardWeight(geometry, x, dy, dw);
  }

  /**
   * As {@link #backward}, of the transposed convolution: {@code x} and {@code dx} have the size of
   * the geometry's output, {@code dy} that of its input.
   */
  default void transposedBackward(
      Conv2dGeometry geometry, Buffer x, Buffer w, Buffer dy, Buffer dx, Buffer dw) {
    forward(geometry, dy, w, dx);
    backwardWeight(geometry, dy, x, dw);
  }
}
