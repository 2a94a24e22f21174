package semigan.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import semigan.kernels.Backend;
import semigan.kernels.OptimKernels.AverageSlot;
import semigan.tensor.Tensor;

/**
 * Keeps a second module at the running average of the first one's weights (Polyak averaging, EMA).
 * The average is a module like any other, to evaluate and to save.
 */
public final class WeightAverage {
  private final Backend device;
  private final float rate;
  private final List<AverageSlot> slots = new ArrayList<>();

  /**
   * Starts the average at the weights.
   *
   * @param source the module in training
   * @param average a module of the same architecture, overwritten
   * @param rate share of the newest weights in each step's average
   */
  public WeightAverage(Backend device, Module source, Module average, float rate) {
    this.device = device;
    this.rate = rate;
    Map<String, Tensor> targets = average.state();
    source
        .state()
        .forEach(
            (name, value) -> {
              Tensor target = targets.get(name);
              target.assign(value);
              slots.add(new AverageSlot(target.buffer(), value.buffer()));
            });
  }

  /** Takes the present weights into the average. */
  public void step() {
    device.optim().average(rate, slots);
  }
}
