package semigan.nn;

import java.util.Collection;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.tensor.Gradients;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * The length of gradients, and limits on it; Pascanu et al. 2013, <a
 * href="https://arxiv.org/abs/1211.5063">arXiv:1211.5063</a>.
 */
public final class GradientClipping {
  private GradientClipping() {}

  /**
   * Scales the gradients of {@code parameters}, in place, so that their Euclidean norm, all
   * together, is at most {@code limit}.
   *
   * @return the norm before: {@code [1]}
   * @throws IllegalArgumentException if {@code gradients} lacks that of a parameter or {@code
   *     limit} is not over 0
   */
  public static Tensor byNorm(
      Backend device, float limit, Gradients gradients, Collection<Tensor> parameters) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException(
          "gradient clipping: the limit must be over 0 but is %s; norm measures alone"
              .formatted(limit));
    }
    Tensor norm = Tensor.empty(device, DType.F32, Shape.of(1));
    device
        .optim()
        .clipByNorm(
            limit,
            parameters.stream().map(parameter -> gradients.of(parameter).buffer()).toList(),
            norm.buffer());
    return norm;
  }

  /**
   * The Euclidean norm of the gradients of {@code parameters}, all together; they stay as they are.
   *
   * @return {@code [1]}
   * @throws IllegalArgumentException if {@code gradients} lacks that of a parameter
   */
  public static Tensor norm(Backend device, Gradients gradients, Collection<Tensor> parameters) {
    return byNorm(device, Float.POSITIVE_INFINITY, gradients, parameters);
  }
}
