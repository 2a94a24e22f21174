package semigan.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Supplier;
import semigan.kernels.Backend;
import semigan.kernels.BinaryOp;
import semigan.kernels.BroadcastGeometry;

/**
 * The gradients of one scalar with respect to chosen tensors, made by one backward pass. They
 * belong to the scope in which {@link Tensor#backward} was called; what was needed only on the way
 * is released on the way.
 */
public final class Gradients {
  private final Map<Tensor, Tensor> byTarget;

  private Gradients(Map<Tensor, Tensor> byTarget) {
    this.byTarget = byTarget;
  }

  /**
   * The gradient with respect to a target; zeros where the scalar does not depend on it.
   *
   * @throws IllegalArgumentException if {@code target} was not among the targets
   */
  public Tensor of(Tensor target) {
    Tensor gradient = byTarget.get(target);
    if (gradient == null) {
      throw new IllegalArgumentException(
          "gradient: this tensor of shape %s was not among the targets of backward"
              .formatted(target.shape()));
    }
    return gradient;
  }

  static Gradients of(Tensor loss, Collection<Tensor> targets) {
    loss.requireFloatingPoint("backward");
    if (loss.elements() != 1) {
      throw new IllegalArgumentException(
          "backward: the loss must be a scalar but has shape %s; take its mean or sum first"
              .formatted(loss.shape()));
    }
    try (Scope pass = Scope.open(loss.device())) {
      return new Pass(pass, targets).run(loss);
    }
  }

  /** One walk from the loss to the targets, each node once, latest first. */
  private static final class Pass implements Backward.Sink {
    private final Scope scope;
    private final Set<Tensor> targets = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>();
    private final PriorityQueue<Tensor> open =
        new PriorityQueue<>((a, b) -> Long.compare(b.history().order(), a.history().order()));
    private Set<Tensor> wanted;
    private Scope nodeScope;

    Pass(Scope scope, Collection<Tensor> targets) {
      this.scope = scope;
      this.targets.addAll(targets);
    }

    Gradients run(Tensor loss) {
      wanted = leadingToTargets(loss);
      add(loss, Tensor.full(loss.device(), loss.type(), loss.shape(), 1));
      while (!open.isEmpty()) {
        Tensor tensor = open.poll();
        Tensor upstream = gradients.get(tensor);
        try (Scope node = Scope.open(loss.device())) {
          nodeScope = node;
          tensor.history().backward().apply(upstream, this);
        }
        if (!targets.contains(tensor)) {
          gradients.remove(tensor);
          releaseUnlessShared(upstream);
        }
      }
      return new Gradients(ofTargets());
    }

    /** Each in memory of its own, so that one can be scaled in place without the other. */
    private Map<Tensor, Tensor> ofTargets() {
      Map<Tensor, Tensor> result = new IdentityHashMap<>();
      Set<Storage> taken = Collections.newSetFromMap(new IdentityHashMap<>());
      for (Tensor target : targets) {
        Tensor gradient = gradients.get(target);
        if (gradient == null) {
          gradient = Tensor.zeros(target.device(), target.type(), target.shape());
        }
        if (!taken.add(gradient.storage())) {
          gradient = copy(gradient);
        }
        result.put(target, scope.keep(gradient));
      }
      return result;
    }

    private static Tensor copy(Tensor tensor) {
      Tensor copy = Tensor.empty(tensor.device(), tensor.type(), tensor.shape());
      copy.assign(tensor);
      return copy;
    }

    @Override
    public boolean wants(Tensor input) {
      return wanted.contains(input);
    }

    @Override
    public void to(Tensor input, Supplier<Tensor> gradient) {
      if (wants(input)) {
        Tensor value = gradient.get();
        if (!value.shape().equals(input.shape())) {
          throw new IllegalStateException(
              "backward: a gradient of shape %s was sent to a tensor of shape %s"
                  .formatted(value.shape(), input.shape()));
        }
        add(input, nodeScope.keep(value));
      }
    }

    private void add(Tensor tensor, Tensor gradient) {
      Tensor sum = gradients.get(tensor);
      if (sum == null) {
        gradients.put(tensor, gradient);
        if (leadsOn(tensor, wanted)) {
          open.add(tensor);
        }
        return;
      }
      Tensor both = sum(sum, gradient);
      gradients.put(tensor, nodeScope.keep(both));
      releaseUnlessShared(sum);
      releaseUnlessShared(gradient);
    }

    private static Tensor sum(Tensor a, Tensor b) {
      Backend device = a.device();
      Tensor y = Tensor.empty(device, a.type(), a.shape());
      var geometry = new BroadcastGeometry(a.shape().toList(), b.shape().toList());
      device.elementwise().binary(BinaryOp.ADD, geometry, a.buffer(), b.buffer(), y.buffer());
      return y;
    }

    /**
     * A view shares its storage with the gradient it was made from, and both may still be waiting.
     */
    private void releaseUnlessShared(Tensor gradient) {
      for (Tensor waiting : gradients.values()) {
        if (waiting.storage() == gradient.storage()) {
          return;
        }
      }
      scope.release(gradient.storage());
    }

    /** Every tensor between the targets and the loss, both included. */
    private Set<Tensor> leadingToTargets(Tensor loss) {
      List<Tensor> nodes = nodesBefore(loss);
      nodes.sort((a, b) -> Long.compare(a.history().order(), b.history().order()));
      Set<Tensor> leading = Collections.newSetFromMap(new IdentityHashMap<>());
      leading.addAll(targets);
      for (Tensor node : nodes) {
        if (leadsOn(node, leading)) {
          leading.add(node);
        }
      }
      return leading;
    }

    /** Whether a gradient of {@code tensor} has somewhere to go from it. */
    private static boolean leadsOn(Tensor tensor, Set<Tensor> leading) {
      return tensor.history() != null
          && tensor.history().inputs().stream().anyMatch(leading::contains);
    }

    private static List<Tensor> nodesBefore(Tensor loss) {
      Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      List<Tensor> nodes = new ArrayList<>();
      Deque<Tensor> pending = new ArrayDeque<>(List.of(loss));
      while (!pending.isEmpty()) {
        Tensor tensor = pending.pop();
        if (tensor.history() != null && seen.add(tensor)) {
          nodes.add(tensor);
          tensor.history().inputs().forEach(pending::push);
        }
      }
      return nodes;
    }
  }
}
