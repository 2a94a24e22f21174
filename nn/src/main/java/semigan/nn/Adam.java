package semigan.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.kernels.OptimKernels.AdamSlot;
import semigan.tensor.Gradients;
import semigan.tensor.Tensor;

/** Adam; Kingma and Ba 2015, <a href="https://arxiv.org/abs/1412.6980">arXiv:1412.6980</a>. */
public final class Adam implements Optimizer {
  private final AdamSettings settings;
  private final Map<String, Tensor> parameters;
  private final Map<String, Tensor> firstMoments = new LinkedHashMap<>();
  private final Map<String, Tensor> secondMoments = new LinkedHashMap<>();
  private final Clock clock;
  private WeightAverage average;

  /**
   * Starts with moments of 0, which belong to the innermost scope.
   *
   * @param parameters by name, F32
   * @param rate the learning rate until {@link #setRate} changes it
   * @throws IllegalArgumentException if {@code rate} is negative or not finite
   */
  public Adam(Backend device, Map<String, Tensor> parameters, AdamSettings settings, float rate) {
    this.settings = settings;
    this.parameters = new LinkedHashMap<>(parameters);
    parameters.forEach(
        (name, parameter) -> {
          firstMoments.put(name, Tensor.zeros(device, DType.F32, parameter.shape()));
          secondMoments.put(name, Tensor.zeros(device, DType.F32, parameter.shape()));
        });
    this.clock = new Clock(device, rate);
  }

  /** The settings usual for GANs: beta 0.5 and 0.999, epsilon 1e-8; Radford et al. 2016. */
  public static AdamSettings forGans() {
    return new AdamSettings(0.5f, 0.999f, 1e-8f, false);
  }

  /**
   * Takes the running average along with each step from now on: that of the parameters in the same
   * pass over memory, then that of the module's statistics.
   *
   * @return this
   */
  public Adam averaging(WeightAverage average) {
    this.average = average;
    return this;
  }

  @Override
  public void step(Gradients gradients) {
    List<AdamSlot> slots = new ArrayList<>();
    parameters.forEach(
        (name, parameter) ->
            slots.add(
                new AdamSlot(
                    parameter.buffer(),
                    gradients.of(parameter).buffer(),
                    firstMoments.get(name).buffer(),
                    secondMoments.get(name).buffer(),
                    parameter.rounded().map(Tensor::buffer).orElse(null),
                    average == null ? null : average.of(parameter))));
    OptimKernels kernels = clock.advance();
    if (average == null) {
      kernels.adam(settings, clock.buffer(), null, slots);
    } else {
      kernels.adam(settings, clock.buffer(), average.advance(), slots);
      average.followAllBut(parameters.values());
    }
  }

  @Override
  public void setRate(float rate) {
    clock.setRate(rate);
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    firstMoments.forEach((name, moment) -> state.put("first." + name, moment));
    secondMoments.forEach((name, moment) -> state.put("second." + name, moment));
    state.put("clock", clock.tensor());
    return state;
  }
}
