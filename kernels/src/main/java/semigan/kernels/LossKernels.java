package semigan.kernels;

/**
 * Softmax and what is built on it, over the rows of {@code [rows, classes]}; all without overflow.
 */
public interface LossKernels {
  /** A target of {@link #semiSupervised}: a real image of unknown class. */
  int REAL = -1;

  /** A target of {@link #semiSupervised}: a generated image. */
  int FAKE = -2;

  /** {@code y[row] = log sum_k exp(x[row, k])}; {@code y: [rows]}. */
  void logSumExp(long rows, int classes, Buffer x, Buffer y);

  /** {@code y[row, k] = exp(x[row, k]) / sum_j exp(x[row, j])}. */
  void softmax(long rows, int classes, Buffer x, Buffer y);

  /** The gradient of {@link #softmax}, given its output {@code y}. */
  void softmaxBackward(long rows, int classes, Buffer y, Buffer dy, Buffer dx);

  /**
   * The loss of a classifier over K classes and "generated", whose logit is fixed at 0, and its
   * gradient, in one pass. With {@code L = logsumexp(logits[row])} and {@code softplus(t) = log(1 +
   * exp(t))}, a row's loss is
   *
   * <ul>
   *   <li>{@code L - logits[row, target]} for a class {@code target >= 0}, given that the image is
   *       real,
   *   <li>{@code softplus(-L)} for {@link #REAL}: minus the log of the probability of "not
   *       generated",
   *   <li>{@code softplus(L)} for {@link #FAKE}: minus the log of the probability of "generated".
   * </ul>
   *
   * <p>Salimans et al. 2016, section 5, <a
   * href="https://arxiv.org/abs/1606.03498">arXiv:1606.03498</a>. With class targets only it is the
   * ordinary softmax cross-entropy.
   *
   * @param logits {@code [rows, classes]}
   * @param targets I32 of {@code [rows]}, each a class in {@code [0, classes)}, {@link #REAL} or
   *     {@link #FAKE}. The host's backends refuse another. {@code cuda} does not look at them: it
   *     takes a class that does not exist from another row or from outside of {@code logits}, and
   *     gives any other negative number the loss {@code L}.
   * @param loss F32 of {@code [rows]}
   * @param dlogits {@code [rows, classes]}: the gradient of each row's own loss
   * @throws IllegalArgumentException on the host, if a target is none of these
   */
  void semiSupervised(
      long rows, int classes, Buffer logits, Buffer targets, Buffer loss, Buffer dlogits);

  /**
   * The check of a target.
   *
   * @throws IllegalArgumentException if it is neither a class nor {@link #REAL} nor {@link #FAKE}
   */
  static void requireTarget(long row, int target, int classes) {
    if (target < FAKE || target >= classes) {
      throw new IllegalArgumentException(
          "semi_supervised: row %d has the target %d, expected a class from 0 to %d, %d (real) or %d (generated)"
              .formatted(row, target, classes - 1, REAL, FAKE));
    }
  }
}
