package semigan.kernels.reference;

/** Functions of one number, in forms that neither overflow nor cancel. */
final class Scalars {
  private Scalars() {}

  /** {@code 1 / (1 + exp(-x))}. */
  static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  /** {@code log(1 + exp(x))}. */
  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}
