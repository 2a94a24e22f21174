package semigan.tensor;

import java.util.function.Supplier;

/** The backward half of an operation. */
@FunctionalInterface
public interface Backward {
  /** Where an operation sends the gradients of its inputs. */
  interface Sink {
    /** Whether somebody wants the gradient of {@code input}. */
    boolean wants(Tensor input);

    /**
     * Adds the supplied gradient to that of {@code input}. The supplier runs only if somebody wants
     * it.
     *
     * @param gradient of {@code input}'s shape
     */
    void to(Tensor input, Supplier<Tensor> gradient);
  }

  /**
   * Sends gradients to the inputs.
   *
   * @param upstream the gradient of the loss with respect to the operation's output
   */
  void apply(Tensor upstream, Sink gradients);
}
