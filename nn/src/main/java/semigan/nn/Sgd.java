package semigan.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels.SgdSlot;
import semigan.tensor.Gradients;
import semigan.tensor.Tensor;

/** Stochastic gradient descent with momentum: {@code v = momentum v + g; p -= rate v}. */
public final class Sgd implements Optimizer {
  private final float momentum;
  private final Map<String, Tensor> parameters;
  private final Map<String, Tensor> velocities = new LinkedHashMap<>();
  private final Clock clock;

  /**
   * Starts with velocities of 0, which belong to the innermost scope.
   *
   * @param parameters by name, F32
   * @param momentum share of the velocity that survives a step; 0 for plain descent
   * @param rate the learning rate until {@link #setRate} changes it
   * @throws IllegalArgumentException if {@code momentum} is outside {@code [0, 1)} or {@code rate}
   *     is negative or not finite
   */
  public Sgd(Backend device, Map<String, Tensor> parameters, float momentum, float rate) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("sgd: momentum must be in [0, 1) but is " + momentum);
    }
    this.momentum = momentum;
    this.parameters = new LinkedHashMap<>(parameters);
    parameters.forEach(
        (name, parameter) ->
            velocities.put(name, Tensor.zeros(device, DType.F32, parameter.shape())));
    this.clock = new Clock(device, rate);
  }

  @Override
  public void step(Gradients gradients) {
    List<SgdSlot> slots = new ArrayList<>();
    parameters.forEach(
        (name, parameter) ->
            slots.add(
                new SgdSlot(
                    parameter.buffer(),
                    gradients.of(parameter).buffer(),
                    velocities.get(name).buffer())));
    clock.advance().sgd(momentum, clock.buffer(), slots);
    parameters.values().forEach(Tensor::refreshRounded);
  }

  @Override
  public void setRate(float rate) {
    clock.setRate(rate);
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    velocities.forEach((name, velocity) -> state.put("velocity." + name, velocity));
    state.put("clock", clock.tensor());
    return state;
  }
}
