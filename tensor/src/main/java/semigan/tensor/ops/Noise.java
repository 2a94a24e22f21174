package semigan.tensor.ops;

import java.util.List;
import semigan.tensor.RandomSource;
import semigan.tensor.Tensor;

/** Additive Gaussian noise. */
public final class Noise {
  private Noise() {}

  /** {@code x} plus independent normals of mean 0 and the given standard deviation. */
  public static Tensor noise(Tensor x, float deviation, RandomSource random) {
    Tensor y = Tensor.empty(x.device(), x.type(), x.shape());
    x.device()
        .random()
        .noise(random.nextKey(), random.offset().buffer(), 0, deviation, x.buffer(), y.buffer());
    return y.madeBy("noise", List.of(x), (dy, gradients) -> gradients.to(x, () -> dy));
  }
}
