package semigan.nn;

import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Draws the first value of a weight. */
@FunctionalInterface
public interface Initialiser {
  /**
   * @param shape of the weight
   * @param fanIn how many inputs reach an output
   * @param fanOut how many outputs an input reaches; of a convolution as if its stride were 1
   */
  Tensor draw(Shape shape, long fanIn, long fanOut, RandomSource random);

  /** Normal with mean 0; DCGAN uses a deviation of 0.02. */
  static Initialiser normal(float deviation) {
    return (shape, fanIn, fanOut, random) -> random.normal(DType.F32, shape, 0, deviation);
  }

  /** Uniform from {@code -limit} to {@code limit}. */
  static Initialiser uniform(float limit) {
    return (shape, fanIn, fanOut, random) -> random.uniform(DType.F32, shape, -limit, limit);
  }

  /** Uniform with variance {@code 2 / (fanIn + fanOut)}; Glorot and Bengio 2010. */
  static Initialiser glorot() {
    return (shape, fanIn, fanOut, random) ->
        uniform((float) Math.sqrt(6.0 / (fanIn + fanOut))).draw(shape, fanIn, fanOut, random);
  }

  /**
   * Normal with variance {@code 2 / ((1 + slope^2) fanIn)}, for layers followed by LeakyReLU of
   * that slope; He et al. 2015, <a href="https://arxiv.org/abs/1502.01852">arXiv:1502.01852</a>.
   */
  static Initialiser he(float slope) {
    return (shape, fanIn, fanOut, random) ->
        normal((float) Math.sqrt(2 / ((1 + slope * slope) * fanIn)))
            .draw(shape, fanIn, fanOut, random);
  }

  /** Every element {@code value}. */
  static Initialiser constant(float value) {
    return (shape, fanIn, fanOut, random) -> Tensor.full(random.device(), DType.F32, shape, value);
  }
}
