package semigan.nn;

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
    this(inputs, outputs, bias, 1, initialiser, random);
  }

  private Dense(
      int inputs,
      int outputs,
      boolean bias,
      float slope,
      Initialiser initialiser,
      RandomSource random) {
    super(
        initialiser.draw(Shape.of(outputs, inputs), inputs, outputs, random),
        bias ? Tensor.zeros(random.device(), DType.F32, Shape.of(outputs)) : null,
        slope);
  }

  /** The layer with a bias and ReLU behind it, as one kernel. */
  public static Dense withRelu(
      int inputs, int outputs, Initialiser initialiser, RandomSource random) {
    return new Dense(inputs, outputs, true, 0, initialiser, random);
  }

  @Override
  protected Tensor affine(Tensor x, Tensor weight, Tensor bias, float slope) {
    return MatMul.affine(x, weight, bias, slope);
  }

  @Override
  protected Tensor linear(Tensor x, Tensor weight) {
    return MatMul.matmul(x, false, weight, true);
  }

  @Override
  protected int outputAxis() {
    return 0;
  }
}
