package semigan.kernels;

/** {@link DType#BF16} on the host: the upper half of an F32's bits. */
public final class Bf16 {
  private Bf16() {}

  /** The nearest, ties to even; a NaN stays one. */
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      // Rounding could carry a NaN into infinity; setting the quiet bit keeps it one.
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }

  /** The same number. */
  public static float toFloat(short stored) {
    return Float.intBitsToFloat(stored << 16);
  }
}
