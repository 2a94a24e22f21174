package semigan.nn;

import java.util.Set;
import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.MatMul;

/**
 * {@code y = x w' + bias}: {@code [batch, inputs]} to {@code [batch, outputs]}, with {@code w:
 * [outputs, inputs]}.
 */
public final class Dense extends Weighted {
  /**
   * @param bias whether there is one; it starts at 0
   * @param initialiser of the weight
   */
  public Dense(
      int inputs, int outputs, boolean bias, Initialiser initialiser, RandomSource random) {
    super(
        initialiser.draw(Shape.of(outputs, inputs), inputs, outputs, random),
        bias ? Tensor.zeros(random.device(), DType.F32, Shape.of(outputs)) : null);
  }

  @Override
  protected Tensor linear(Tensor x, Tensor weight) {
    return MatMul.matmul(x, false, weight, true);
  }

  @Override
  protected Set<Integer> summedAxes() {
    return Set.of(1);
  }
}
