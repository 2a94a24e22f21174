package semigan.nn;

import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Window;

/**
 * Convolution of NHWC images with a square filter {@code [out, kernel, kernel, in]}, and a bias for
 * each output channel.
 */
public final class Conv2d extends Weighted {
  private final Window window;

  /**
   * @param in channels of the input
   * @param out channels of the output
   * @param kernel height and width of the filter
   * @param window how the filter slides over the input
   * @param bias whether there is one; it starts at 0
   * @param initialiser of the filter
   */
  public Conv2d(
      int in,
      int out,
      int kernel,
      Window window,
      boolean bias,
      Initialiser initialiser,
      RandomSource random) {
    super(
        initialiser.draw(
            Shape.of(out, kernel, kernel, in),
            (long) in * kernel * kernel,
            (long) out * kernel * kernel,
            random),
        bias ? Tensor.zeros(random.device(), DType.F32, Shape.of(out)) : null);
    this.window = window;
  }

  @Override
  protected Tensor linear(Tensor x, Tensor weight) {
    return semigan.tensor.ops.Conv2d.conv2d(x, weight, window);
  }

  @Override
  protected int outputAxis() {
    return 0;
  }
}
