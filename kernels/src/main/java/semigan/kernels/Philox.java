package semigan.kernels;

/**
 * The definition of every random number drawn here: Philox4x32-10 of Salmon et al. 2011, "Parallel
 * random numbers: as easy as 1, 2, 3", and the floats made from its words.
 *
 * <p>Draw {@code i} is word {@code i mod 4} of the block whose counter is {@code (low(i / 4),
 * stream, low(offset), high(offset) xor high(i / 4))} and whose key is the seed. Floats are made
 * with single-precision additions, multiplications, divisions and square roots alone, each rounded
 * as IEEE 754 says, so that any device gets the same bits (a CUDA kernel must forbid the
 * contraction to fused multiply-add).
 */
public final class Philox {
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private static final float STEP = 0x1p-24f;
  private static final float LN_2 = 0.6931472f;
  private static final float HALF_PI = 1.5707964f;
  private static final int SQRT_HALF_BITS = 0x3F3504F3;

  private Philox() {}

  /** The four words of draws {@code 4 block .. 4 block + 3}. */
  public static void block(long seed, int stream, long offset, long block, int[] words) {
    generate(
        (int) block,
        stream,
        (int) offset,
        (int) (offset >>> 32) ^ (int) (block >>> 32),
        (int) seed,
        (int) (seed >>> 32),
        words);
  }

  /** Philox4x32-10 itself: counter, key, and the four output words. */
  static void generate(int c0, int c1, int c2, int c3, int k0, int k1, int[] words) {
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }

  /** A word as a multiple of 2^-24 in {@code [0, 1)}. */
  public static float uniform(int word) {
    return (word >>> 8) * STEP;
  }

  /**
   * Two independent standard normals from two words, by Box and Muller 1958: {@code r cos(t)} and
   * {@code r sin(t)} with {@code r = sqrt(-2 ln u)}, {@code u} in {@code (0, 1]}, and {@code t}
   * uniform over a turn.
   */
  public static void normalPair(int radiusWord, int angleWord, float[] target, int at) {
    float radius = (float) Math.sqrt(-2f * lnOfSteps((radiusWord >>> 8) + 1));
    int turn = angleWord >>> 8;
    float angle = (turn & 0x3FFFFF) * 0x1p-22f * HALF_PI;
    float cos = radius * cosine(angle);
    float sin = radius * sine(angle);
    switch (turn >>> 22) {
      case 0 -> set(target, at, cos, sin);
      case 1 -> set(target, at, -sin, cos);
      case 2 -> set(target, at, -cos, -sin);
      default -> set(target, at, sin, -cos);
    }
  }

  private static void set(float[] target, int at, float first, float second) {
    target[at] = first;
    target[at + 1] = second;
  }

  /**
   * {@code ln(steps / 2^24)}. With {@code steps = m 2^e} and {@code m} between the root of a half
   * and of two, {@code ln m = 2 artanh((m - 1) / (m + 1))}, by its series.
   */
  private static float lnOfSteps(int steps) {
    int bits = Float.floatToRawIntBits((float) steps);
    int shifted = bits - SQRT_HALF_BITS;
    int exponent = shifted >> 23;
    float m = Float.intBitsToFloat((shifted & 0x7FFFFF) + SQRT_HALF_BITS);
    float s = (m - 1f) / (m + 1f);
    float q = s * s;
    float series = (((q * (1f / 9f) + 1f / 7f) * q + 1f / 5f) * q + 1f / 3f) * q;
    return (exponent - 24) * LN_2 + (s + s + (s + s) * series);
  }

  /**
   * Taylor's series on {@code [0, pi/2)}; its error stays under one unit in the last place of 1.
   */
  private static float sine(float x) {
    float q = x * x;
    float tail = (q * (-1f / 39916800f) + 1f / 362880f) * q - 1f / 5040f;
    return x + x * q * ((tail * q + 1f / 120f) * q - 1f / 6f);
  }

  /** As {@link #sine}. */
  private static float cosine(float x) {
    float q = x * x;
    float tail = ((q * (1f / 479001600f) - 1f / 3628800f) * q + 1f / 40320f) * q - 1f / 720f;
    return 1f + q * ((tail * q + 1f / 24f) * q - 0.5f);
  }
}
