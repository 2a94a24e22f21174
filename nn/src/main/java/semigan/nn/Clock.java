package semigan.nn;

import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.OptimKernels;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** A number of steps and a rate, in device memory; see {@link OptimKernels}. */
final class Clock {
  private final Backend device;
  private final Tensor values;

  Clock(Backend device, float rate) {
    requireRate(rate);
    this.device = device;
    float[] initial = new float[2];
    initial[OptimKernels.CLOCK_RATE] = rate;
    this.values = Tensor.of(device, Shape.of(2), initial);
  }

  /** Counts a step, and gives the kernels that take it. */
  OptimKernels advance() {
    device.optim().advance(values.buffer());
    return device.optim();
  }

  void setRate(float rate) {
    requireRate(rate);
    device.write(new float[] {rate}, 0, values.buffer().slice(OptimKernels.CLOCK_RATE, 1));
  }

  private static void requireRate(float rate) {
    if (!(rate >= 0 && Float.isFinite(rate))) {
      throw new IllegalArgumentException("optimiser: the rate must be 0 or more but is " + rate);
    }
  }

  Buffer buffer() {
    return values.buffer();
  }

  Tensor tensor() {
    return values;
  }
}
