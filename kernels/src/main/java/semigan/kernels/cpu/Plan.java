package semigan.kernels.cpu;

import java.util.List;

/** Primitives in the order they run, and where each finds its memory. */
final class Plan implements AutoCloseable {
  private final List<Primitive> steps;
  private final String implementation;
  private final Scratch scratch;
  private final long scratchBytes;
  private final long[] offsets;

  /**
   * @param offsets of the temporaries in the scratch memory; place {@code -1 - i} is temporary
   *     {@code i}
   */
  Plan(
      List<Primitive> steps,
      String implementation,
      Scratch scratch,
      long scratchBytes,
      long[] offsets) {
    this.steps = steps;
    this.implementation = implementation;
    this.scratch = scratch;
    this.scratchBytes = scratchBytes;
    this.offsets = offsets;
  }

  /** What oneDNN chose, one name for each step. */
  String implementation() {
    return implementation;
  }

  /** Whether the recipe found nothing to do it with. */
  boolean isEmpty() {
    return steps.isEmpty();
  }

  /** Runs the steps; place {@code i} is operand {@code i}. */
  void run(CpuBuffer... operands) {
    long base = scratch.reserve(scratchBytes);
    for (int s = 0; s < steps.size(); s++) {
      Primitive step = steps.get(s);
      for (int a = 0; a < step.size(); a++) {
        int place = step.place(a);
        step.bind(a, place >= 0 ? operands[place].address() : base + offsets[-1 - place]);
      }
      step.run();
    }
  }

  @Override
  public void close() {
    steps.forEach(Primitive::close);
  }
}
