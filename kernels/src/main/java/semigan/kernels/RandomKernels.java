package semigan.kernels;

/**
 * Random numbers that are a function of where they are drawn: the key, an offset in device memory,
 * and the element's index. The same on every backend, bit for bit, in any order and on any number
 * of devices. {@link Philox} is the definition.
 *
 * <p>An <i>offset</i> is I32 of length 2: the low and the high word of a 64-bit count. Element
 * {@code i} of an output is draw {@code first + i}.
 */
public interface RandomKernels {
  /**
   * @param seed chosen by the user
   * @param stream what the numbers are for; two uses in one step have two streams
   */
  record Key(long seed, int stream) {}

  /** Adds 1 to an offset. */
  void advance(Buffer offset);

  /**
   * Uniform from {@code low} to {@code high}: {@code low + u (high - low)} with {@code u} in {@code
   * [0, 1)}, in single precision, then rounded to the type of {@code y}. The sum may round up to
   * {@code high} where {@code low} is not 0, and BF16 does so for any {@code low}.
   */
  void uniform(Key key, Buffer offset, long first, float low, float high, Buffer y);

  /** Normal with the given mean and standard deviation. */
  void normal(Key key, Buffer offset, long first, float mean, float deviation, Buffer y);

  /**
   * {@code y = x} plus normals of mean 0 and the given standard deviation. {@code y} may be {@code
   * x}.
   */
  void noise(Key key, Buffer offset, long first, float deviation, Buffer x, Buffer y);

  /**
   * {@code y = x / (1 - rate)} where a uniform draw is at least {@code rate}, and 0 elsewhere;
   * Srivastava et al. 2014. Called with the same key and offset on {@code dy} it is its own
   * gradient. {@code y} may be {@code x}.
   */
  void dropout(Key key, Buffer offset, long first, float rate, Buffer x, Buffer y);
}
