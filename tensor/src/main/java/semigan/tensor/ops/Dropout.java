package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.RandomKernels;
import semigan.tensor.RandomSource;
import semigan.tensor.Tensor;

/**
 * Dropout; Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
 * overfitting". The mask is never stored: the backward pass draws it again.
 */
public final class Dropout {
  private Dropout() {}

  /**
   * Each element is 0 with probability {@code rate}, and otherwise scaled by {@code 1 / (1 -
   * rate)}. The gradient must be taken before {@code random} advances.
   *
   * @throws IllegalArgumentException if {@code rate} is outside {@code [0, 1)}, or {@code x} holds
   *     integers or is on another device than {@code random}
   */
  public static Tensor dropout(Tensor x, float rate, RandomSource random) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout: rate must be in [0, 1) but is " + rate);
    }
    Operands.requireOneDevice("dropout", x, random);
    x.requireFloatingPoint("dropout");
    return dropout(x, rate, random.nextKey(), random.offset());
  }

  private static Tensor dropout(Tensor x, float rate, RandomKernels.Key key, Tensor offset) {
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    x.device().random().dropout(key, offset.buffer(), 0, rate, x.buffer(), y.buffer());
    return y.madeBy(
        "dropout",
        List.of(x),
        (dy, gradients) -> gradients.to(x, () -> dropout(dy, rate, key, offset)));
  }
}
