package semigan.tensor;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How a tensor was made: one node of the graph that {@link Tensor#backward} walks.
 *
 * @param order grows with every node, so that a node's inputs come before it
 * @param operation its name in messages
 * @param inputs what it was made from
 * @param backward sends the gradient of the output to the inputs
 */
record History(long order, String operation, List<Tensor> inputs, Backward backward) {
  private static final AtomicLong ORDER = new AtomicLong();

  static History of(String operation, List<Tensor> inputs, Backward backward) {
    return new History(ORDER.incrementAndGet(), operation, inputs, backward);
  }
}
