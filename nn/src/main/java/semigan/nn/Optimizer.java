package semigan.nn;

import java.util.Map;
import semigan.tensor.Gradients;
import semigan.tensor.Tensor;

/** Moves parameters along their gradients. */
public interface Optimizer {
  /**
   * Updates every parameter in place.
   *
   * @throws IllegalArgumentException if {@code gradients} lacks that of a parameter
   */
  void step(Gradients gradients);

  /**
   * Sets the learning rate from the next step on.
   *
   * @throws IllegalArgumentException if {@code rate} is negative or not finite
   */
  void setRate(float rate);

  /** What must be saved to go on later, by name, in a fixed order. */
  Map<String, Tensor> state();
}
