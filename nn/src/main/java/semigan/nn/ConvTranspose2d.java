package semigan.nn;

import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Window;

/**
 * Transposed convolution of NHWC images with a square filter {@code [in, kernel, kernel, out]}, and
 * a bias for each output channel.
 */
public final class ConvTranspose2d extends Weighted {
  private final Window window;

  /**
   * @param in channels of the input
   * @param out channels of the output
   * @param kernel height and width of the filter
   * @param window how the filter slides over the output
   * @param bias whether there is one; it starts at 0
   * @param initialiser of the filter
   */
  public ConvTranspose2d(
      int in,
      int out,
      int kernel,
      Window window,
      boolean bias,
      Initialiser initialiser,
      RandomSource random) {
    super(
        initialiser.draw(
            Shape.of(in, kernel, kernel, out),
            inputsPerOutput(in, kernel, window),
            (long) out * kernel * kernel,
            random),
        bias ? Tensor.zeros(random.device(), DType.F32, Shape.of(out)) : null);
    this.window = window;
  }

  /** Of the filter's taps, one in stride height times stride width reaches a given output. */
  private static long inputsPerOutput(int in, int kernel, Window window) {
    return Math.max(
        1, (long) in * kernel * kernel / (window.strideHeight() * window.strideWidth()));
  }

  @Override
  protected Tensor linear(Tensor x, Tensor weight) {
    return semigan.tensor.ops.ConvTranspose2d.convTranspose2d(x, weight, window);
  }

  @Override
  protected int outputAxis() {
    return -1;
  }
}
