package semigan.gan.data;

/**
 * A stream of random numbers that is a pure function of its keys, the same on every JDK: SplitMix64
 * (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), with the
 * keys mixed into its starting state one after the other.
 */
final class Draws {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  Draws(long... keys) {
    for (long key : keys) {
      state = mix(state + GOLDEN_GAMMA ^ key);
    }
  }

  /** The finaliser of SplitMix64: every bit of the result depends on every bit of {@code z}. */
  static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Uniform over 0 up to {@code bound}, both of 31 bits; the bias is below bound / 2^32. */
  int below(int bound) {
    return (int) ((nextLong() >>> 32) * bound >>> 32);
  }

  /** Uniform in [low, high). */
  float between(float low, float high) {
    float unit = (nextLong() >>> 40) * 0x1p-24f;
    return low + unit * (high - low);
  }

  /**
   * From the beta distribution whose parameters are both {@code shape}, in (0, 1]; Jöhnk 1964, by
   * rejection, of which there is the less the smaller it is.
   */
  double beta(double shape) {
    while (true) {
      double x = Math.pow(((nextLong() >>> 11) + 0.5) * 0x1p-53, 1 / shape);
      double y = Math.pow(((nextLong() >>> 11) + 0.5) * 0x1p-53, 1 / shape);
      // Both may be too small for a double.
      if (x + y > 0 && x + y <= 1) {
        return x / (x + y);
      }
    }
  }

  /** Bell-shaped around 0 and never beyond three standard deviations: the sum of three uniforms. */
  float bell(float standardDeviation) {
    float sum = between(-1, 1) + between(-1, 1) + between(-1, 1);
    return sum * standardDeviation;
  }

  /** Puts {@code values} into a random order (Fisher and Yates). */
  void shuffle(int[] values) {
    for (int last = values.length - 1; last > 0; last--) {
      int other = below(last + 1);
      int value = values[last];
      values[last] = values[other];
      values[other] = value;
    }
  }
}
