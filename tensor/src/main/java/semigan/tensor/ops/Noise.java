package semigan.tensor.ops;

import semigan.tensor.RandomSource;
import semigan.tensor.Tensor;

/** Additive Gaussian noise. */
public final class Noise {
  private Noise() {}

  /** {@code x} plus independent normals of mean 0 and the given standard deviation. */
  public static Tensor noise(Tensor x, float deviation, RandomSource random) {
    return Binary.add(x, random.normal(x.type(), x.shape(), 0, deviation));
  }
}
