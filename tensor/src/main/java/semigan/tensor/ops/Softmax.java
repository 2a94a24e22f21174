package semigan.tensor.ops;

import java.util.List;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Softmax and its normaliser over the rows of {@code [rows, classes]}, without overflow. */
public final class Softmax {
  private Softmax() {}

  /**
   * {@code exp(x) / sum exp(x)} in each row.
   *
   * @throws IllegalArgumentException if {@code x} has another rank or holds integers
   */
  public static Tensor softmax(Tensor x) {
    requireRows("softmax", x);
    int rows = x.shape().size(0);
    int classes = x.shape().size(1);
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    x.device().loss().softmax(rows, classes, x.buffer(), y.buffer());
    return y.madeBy(
        "softmax",
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x,
                () -> {
                  Tensor dx = Tensor.empty(x.device(), x.type(), x.shape());
                  x.device()
                      .loss()
                      .softmaxBackward(rows, classes, y.buffer(), dy.buffer(), dx.buffer());
                  return dx;
                }));
  }

  /**
   * {@code log sum exp(x)} of each row: {@code [rows]}.
   *
   * @throws IllegalArgumentException if {@code x} has another rank or holds integers
   */
  public static Tensor logSumExp(Tensor x) {
    requireRows("log_sum_exp", x);
    int rows = x.shape().size(0);
    Tensor y = Tensor.empty(x.device(), x.type(), Shape.of(rows));
    x.device().loss().logSumExp(rows, x.shape().size(1), x.buffer(), y.buffer());
    return y.madeBy(
        "log_sum_exp",
        List.of(x),
        (dy, gradients) ->
            gradients.to(
                x, () -> Binary.multiply(softmax(x), Reshape.reshape(dy, Shape.of(rows, 1)))));
  }

  static void requireRows(String operation, Tensor x) {
    x.requireFloatingPoint(operation);
    if (x.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "%s: input must be [rows,classes] but has shape %s".formatted(operation, x.shape()));
    }
  }
}
