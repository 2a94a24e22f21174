package semigan.kernels;

/** How far a right answer may lie from the exact one. */
final class Tolerance {
  /** Half a unit in the last place of 1 in F32: the relative error of one rounding. */
  static final double ROUNDING = 0x1p-24;

  /** The smallest normal F32: devices may take anything smaller for 0. */
  static final double TINY = 0x1p-126;

  private Tolerance() {}

  /**
   * The error of a sum of {@code terms} products in F32, relative to the sum of their magnitudes.
   * Roundings are independent, so that they grow with the root of the number of terms; a missing
   * term is {@code 1 / terms}, which stays well outside up to a hundred thousand of them.
   */
  static double sum(double terms) {
    return ROUNDING * (8 + 2 * Math.sqrt(terms));
  }

  /** The relative error of storing a result. */
  static double storage(DType type) {
    return switch (type) {
      case F32 -> ROUNDING;
      case BF16 -> 0x1p-8;
      case F64, I32 -> 0;
    };
  }
}
