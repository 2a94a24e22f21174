package semigan.kernels;

/** How an element is stored. Arithmetic on {@link #BF16} is done in F32. */
public enum DType {
  /** IEEE 754 single precision: the default. */
  F32(4),
  /** The upper half of an F32: 8 bits of exponent, 7 of fraction. */
  BF16(2),
  /** IEEE 754 double precision; only {@code reference} has it, for gradient checks. */
  F64(8),
  /** Two's complement 32-bit integer: labels, and the words of a random offset. */
  I32(4);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes that one element takes. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloatingPoint() {
    return this != I32;
  }
}
