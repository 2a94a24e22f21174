package semigan.tensor.ops;

import java.util.List;
import java.util.Locale;
import semigan.kernels.UnaryOp;
import semigan.tensor.Tensor;

/**
 * Functions of each element; the output has the input's shape. Each refuses integers with an {@link
 * IllegalArgumentException}.
 */
public final class Unary {
  private Unary() {}

  /** {@code max(x, 0)}. */
  public static Tensor relu(Tensor x) {
    return leakyRelu(x, 0);
  }

  /**
   * {@code x > 0 ? x : slope x}.
   *
   * @throws IllegalArgumentException if {@code slope} is not finite
   */
  public static Tensor leakyRelu(Tensor x, float slope) {
    if (!Float.isFinite(slope)) {
      throw new IllegalArgumentException("leaky_relu: the slope must be finite but is " + slope);
    }
    return apply(UnaryOp.LEAKY_RELU, slope, 0, x);
  }

  public static Tensor tanh(Tensor x) {
    return apply(UnaryOp.TANH, 0, 0, x);
  }

  /** {@code 1 / (1 + exp(-x))}. */
  public static Tensor sigmoid(Tensor x) {
    return apply(UnaryOp.SIGMOID, 0, 0, x);
  }

  /** {@code log(1 + exp(x))}. */
  public static Tensor softplus(Tensor x) {
    return apply(UnaryOp.SOFTPLUS, 0, 0, x);
  }

  public static Tensor exp(Tensor x) {
    return apply(UnaryOp.EXP, 0, 0, x);
  }

  /** The natural logarithm: minus infinity of 0, NaN of what is negative. */
  public static Tensor log(Tensor x) {
    return apply(UnaryOp.LOG, 0, 0, x);
  }

  /** The square root: NaN of what is negative; its gradient at 0 is infinite. */
  public static Tensor sqrt(Tensor x) {
    return apply(UnaryOp.SQRT, 0, 0, x);
  }

  public static Tensor square(Tensor x) {
    return apply(UnaryOp.SQUARE, 0, 0, x);
  }

  public static Tensor abs(Tensor x) {
    return apply(UnaryOp.ABS, 0, 0, x);
  }

  /** {@code factor x + offset}. */
  public static Tensor linear(Tensor x, float factor, float offset) {
    return apply(UnaryOp.LINEAR, factor, offset, x);
  }

  /**
   * The gradient of LeakyReLU by its output's sign, which with a slope of 0 or more is its input's.
   */
  static Tensor throughLeakyRelu(Tensor dy, Tensor y, float slope) {
    Tensor dx = Tensor.empty(y.device(), y.type(), y.shape());
    y.device()
        .elementwise()
        .unaryBackward(
            UnaryOp.LEAKY_RELU, slope, 0, y.buffer(), y.buffer(), dy.buffer(), dx.buffer());
    return dx;
  }

  private static Tensor apply(UnaryOp op, float alpha, float beta, Tensor x) {
    String name = op.name().toLowerCase(Locale.ROOT);
    x.requireFloatingPoint(name);
    var kernels = x.device().elementwise();
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    kernels.unary(op, alpha, beta, x.buffer(), y.buffer());
    return y.madeBy(
        name,
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x,
                () -> {
                  Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
                  kernels.unaryBackward(
                      op, alpha, beta, x.buffer(), y.buffer(), dy.buffer(), dx.buffer());
                  return dx;
                }));
  }
}
