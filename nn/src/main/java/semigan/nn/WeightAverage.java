package semigan.nn;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import semigan.kernels.Backend;
import semigan.kernels.OptimKernels.AverageSlot;
import semigan.tensor.Tensor;

/**
 * Keeps a second module at the running average of the first one's weights (Polyak averaging, EMA).
 * The average is a module like any other, to evaluate and to save.
 */
public final class WeightAverage {
  private final Clock clock;
  private final List<AverageSlot> slots = new ArrayList<>();

  /**
   * Starts the average at the weights as they are, so after {@link Module#initialise}.
   *
   * @param source the module in training
   * @param average a module of the same architecture, overwritten
   * @param rate share of the newest weights in each step's average; larger in the first steps, so
   *     that an average of few steps is not one of where they began
   * @throws IllegalArgumentException if the architectures differ
   */
  public WeightAverage(Backend device, Module source, Module average, float rate) {
    this.clock = new Clock(device, rate);
    Map<String, Tensor> values = source.state();
    Map<String, Tensor> targets = average.state();
    requireSame(values, targets);
    values.forEach(
        (name, value) -> {
          Tensor target = targets.get(name);
          target.assign(value);
          slots.add(new AverageSlot(target.buffer(), value.buffer()));
        });
  }

  /** Takes the present weights into the average. */
  public void step() {
    clock.advance().average(clock.buffer(), slots);
  }

  /** What must be saved, beside the average itself, to go on later. */
  public Map<String, Tensor> state() {
    return Map.of("clock", clock.tensor());
  }

  private static void requireSame(Map<String, Tensor> source, Map<String, Tensor> average) {
    Set<String> names = new LinkedHashSet<>(source.keySet());
    names.addAll(average.keySet());
    for (String name : names) {
      String expected = shape(source.get(name));
      String found = shape(average.get(name));
      if (!expected.equals(found)) {
        throw new IllegalArgumentException(
            "weight average: '%s' is %s in the source but %s in the average; build both alike"
                .formatted(name, expected, found));
      }
    }
  }

  private static String shape(Tensor tensor) {
    return tensor == null ? "missing" : tensor.shape().toString();
  }
}
