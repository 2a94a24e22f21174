package semigan.tensor;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The first place at which a computation left the finite numbers. Results are looked at before what
 * was given from outside, since an optimiser may have overwritten parameters since.
 *
 * @param tensor holds the value
 * @param operation made it; nothing if the tensor was given from outside, as parameters and inputs
 *     are
 * @param inputs what the operation worked on
 */
public record NonFinite(Tensor tensor, Optional<String> operation, List<Tensor> inputs) {
  static Optional<NonFinite> first(Tensor end) {
    Set<Tensor> leaves = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Tensor> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Tensor> pending = new ArrayDeque<>(List.of(end));
    while (!pending.isEmpty()) {
      Tensor tensor = pending.pop();
      if (tensor.history() == null) {
        leaves.add(tensor);
      } else if (nodes.add(tensor)) {
        tensor.history().inputs().forEach(pending::push);
      }
    }
    Optional<NonFinite> made =
        nodes.stream()
            .sorted(Comparator.comparingLong(node -> node.history().order()))
            .filter(node -> !isFinite(node))
            .findFirst()
            .map(
                node ->
                    new NonFinite(
                        node, Optional.of(node.history().operation()), node.history().inputs()));
    return made.or(
        () ->
            leaves.stream()
                .filter(leaf -> !isFinite(leaf))
                .findFirst()
                .map(leaf -> new NonFinite(leaf, Optional.empty(), List.of())));
  }

  private static boolean isFinite(Tensor tensor) {
    if (!tensor.type().isFloatingPoint()) {
      return true;
    }
    for (float value : tensor.toFloats()) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
