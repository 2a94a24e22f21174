package semigan.tensor;

import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.RandomKernels;

/**
 * Random numbers that depend only on the seed, the step, and which draw of the step it is, and so
 * are the same on every device. The step is counted in device memory, which lets a captured step be
 * replayed.
 */
public final class RandomSource {
  private final Backend device;
  private final long seed;
  private final Tensor offset;
  private int streams;

  /** Starts at step 0; the count belongs to the innermost scope. */
  public RandomSource(Backend device, long seed) {
    this.device = device;
    this.seed = seed;
    this.offset = Tensor.of(device, Shape.of(2), 0, 0);
  }

  public Backend device() {
    return device;
  }

  /** Ends a step: the same sequence of draws gives new numbers from here on. */
  public void advance() {
    device.random().advance(offset.buffer());
    streams = 0;
  }

  /** Goes to the start of any step. */
  public void moveTo(long step) {
    device.write(new int[] {(int) step, (int) (step >>> 32)}, 0, offset.buffer());
    streams = 0;
  }

  /** A key that no other draw of this step has. */
  public RandomKernels.Key nextKey() {
    return new RandomKernels.Key(seed, streams++);
  }

  /**
   * Uniform from {@code low} to {@code high}; see {@link RandomKernels#uniform} for how close to
   * {@code high}.
   *
   * @throws IllegalArgumentException if {@code type} is not a floating-point type
   */
  public Tensor uniform(DType type, Shape shape, float low, float high) {
    Tensor.requireFloatingPoint("uniform", type, shape);
    Tensor y = Tensor.empty(device, type, shape);
    device.random().uniform(nextKey(), offset.buffer(), 0, low, high, y.buffer());
    return y;
  }

  /**
   * Normal with the given mean and standard deviation.
   *
   * @throws IllegalArgumentException if {@code type} is not a floating-point type
   */
  public Tensor normal(DType type, Shape shape, float mean, float deviation) {
    return normal(type, shape, mean, deviation, 0);
  }

  /**
   * As {@link #normal(DType, Shape, float, float)}, being elements {@code first ..} of a longer run
   * of draws.
   */
  public Tensor normal(DType type, Shape shape, float mean, float deviation, long first) {
    Tensor.requireFloatingPoint("normal", type, shape);
    Tensor y = Tensor.empty(device, type, shape);
    device.random().normal(nextKey(), offset.buffer(), first, mean, deviation, y.buffer());
    return y;
  }

  /** The step's count in device memory: I32 of length 2. */
  public Tensor offset() {
    return offset;
  }
}
