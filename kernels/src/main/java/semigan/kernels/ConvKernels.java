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
}
