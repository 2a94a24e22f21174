package semigan.nn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.OptimKernels.AverageSlot;
import semigan.tensor.Tensor;

/**
 * Keeps a second module at the running average of the first one's weights (Polyak averaging, EMA).
 * The average is a module like any other, to evaluate and to save.
 */
public final class WeightAverage {
  private final Clock clock;
  private final Map<Tensor, Tensor> averages = new IdentityHashMap<>();
  private final List<Tensor> values = new ArrayList<>();

  /**
   * Starts the average at the weights as they are, so after {@link Module#initialise}.
   *
   * @param source the module in training
   * @param average a module of the same architecture, overwritten
   * @param rate share of the newest weights in each step's average; larger in the first steps, so
   *     that an average of few steps is not one of where they began
   * @throws IllegalArgumentException if the architectures differ or {@code rate} is outside {@code
   *     [0, 1]}
   */
  public WeightAverage(Backend device, Module source, Module average, float rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException(
          "weight average: the rate must be in [0, 1] but is " + rate);
    }
    this.clock = new Clock(device, rate);
    Map<String, Tensor> state = source.state();
    Map<String, Tensor> targets = average.state();
    requireSame(state, targets);
    state.forEach(
        (name, value) -> {
          targets.get(name).assign(value);
          averages.put(value, targets.get(name));
          values.add(value);
        });
  }

  /**
   * Takes the present weights into the average; an optimiser that was given this average does it
   * with each of its steps ({@link Adam#averaging}).
   */
  public void step() {
    advance();
    followAllBut(List.of());
  }

  /** Counts a step, and gives the clock. */
  Buffer advance() {
    clock.advance();
    return clock.buffer();
  }

  /**
   * The average of one of the source's tensors.
   *
   * @throws IllegalArgumentException if the source does not have it
   */
  Buffer of(Tensor value) {
    Tensor average = averages.get(value);
    if (average == null) {
      throw new IllegalArgumentException(
          "weight average: a parameter of shape %s is not the source's; average the module that the optimiser trains"
              .formatted(value.shape()));
    }
    return average.buffer();
  }

  /**
   * Takes what is left into the average, at the clock's present step, and brings the copies that
   * are kept beside averages up to date.
   */
  void followAllBut(Collection<Tensor> taken) {
    Set<Tensor> others = Collections.newSetFromMap(new IdentityHashMap<>());
    others.addAll(values);
    taken.forEach(others::remove);
    List<AverageSlot> slots = new ArrayList<>();
    for (Tensor value : values) {
      if (others.contains(value)) {
        slots.add(new AverageSlot(of(value), value.buffer()));
      }
    }
    if (!slots.isEmpty()) {
      clock.tensor().device().optim().average(clock.buffer(), slots);
    }
    values.forEach(value -> averages.get(value).refreshRounded());
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
