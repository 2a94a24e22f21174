package semigan.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.tensor.Tensor;

/** A function of a tensor with parameters to learn. */
public interface Module {
  /**
   * Applies the function; what it makes on the way belongs to the innermost scope.
   *
   * @param x a batch, along its first axis
   * @throws IllegalArgumentException if {@code x} has a shape that the module does not take
   */
  Tensor forward(Tensor x, Mode mode);

  /**
   * Applies the function to several batches that lie one behind the other, to each as if it came
   * alone; {@link Mode#TRAIN_TRACKING} tracks the first. A module that looks at a batch as a whole,
   * or is made of others, has its own way to do so.
   *
   * @param batches the size of each along the first axis, their sum that of {@code x}
   * @throws IllegalArgumentException if {@code x} has a shape that the module does not take
   */
  default Tensor forward(Tensor x, List<Integer> batches, Mode mode) {
    return forward(x, mode);
  }

  /** What training changes, by name, in a fixed order. */
  default Map<String, Tensor> parameters() {
    return Map.of();
  }

  /** What else evaluation needs, such as running means, by name, in a fixed order. */
  default Map<String, Tensor> statistics() {
    return Map.of();
  }

  /** Everything that a file must hold to bring this module back: parameters, then statistics. */
  default Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(parameters());
    state.putAll(statistics());
    return state;
  }

  /**
   * Sets those parameters that depend on data from one batch, where there are any; called once,
   * before training.
   *
   * @return the output for that batch
   */
  default Tensor initialise(Tensor x) {
    return forward(x, Mode.TRAIN);
  }
}
