package semigan.kernels.cuda;

/**
 * Division of a number below 2^31 by one that is known before, as a product and a shift: {@code n /
 * d = (n multiplier / 2^32 + n) / 2^shift}, rounded down at each step (Granlund and Montgomery,
 * Division by Invariant Integers using Multiplication, 1994).
 *
 * @param multiplier as an unsigned number
 */
record Divisor(int multiplier, int shift) {
  private static final long WORD = 1L << 32;

  /** For a divisor that is too large for such numbers, one that kernels do not use. */
  private static final Divisor NONE = new Divisor(0, 0);

  static Divisor of(long divisor) {
    if (divisor > Integer.MAX_VALUE) {
      return NONE;
    }
    int shift = Long.SIZE - Long.numberOfLeadingZeros(divisor - 1);
    return new Divisor((int) (WORD * ((1L << shift) - divisor) / divisor + 1), shift);
  }

  /** What a kernel computes. */
  int quotient(int number) {
    long high = number * Integer.toUnsignedLong(multiplier) >>> Integer.SIZE;
    return (int) (high + number >>> shift);
  }
}
