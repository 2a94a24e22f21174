package semigan.kernels.cpu;

import java.util.List;

/** Primitives in the order they run, and where each finds its memory. */
final class Plan implements AutoCloseable {
  /** What may run at the same time: each part's primitives, in their order. */
  record Phase(List<List<Primitive>> parts) {}

  private final List<Phase> phases;
  private final String implementation;
  private final Workers workers;
  private final Scratch scratch;
  private final long scratchBytes;
  private final long[] offsets;

  /**
   * @param offsets of the temporaries in the scratch memory; place {@code -1 - i} is temporary
   *     {@code i}
   */
  Plan(
      List<Phase> phases,
      String implementation,
      Workers workers,
      Scratch scratch,
      long scratchBytes,
      long[] offsets) {
    this.phases = phases;
    this.implementation = implementation;
    this.workers = workers;
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
    return phases.isEmpty();
  }

  /** Runs the phases; place {@code i} is operand {@code i}. */
  void run(CpuBuffer... operands) {
    long base = scratch.reserve(scratchBytes);
    for (Phase phase : phases) {
      List<List<Primitive>> parts = phase.parts();
      workers.share(
          parts.size(),
          (thread, from, to) -> {
            for (int i = from; i < to; i++) {
              run(parts.get(i), base, operands);
            }
          });
    }
  }

  private void run(List<Primitive> steps, long base, CpuBuffer[] operands) {
    for (Primitive step : steps) {
      for (int a = 0; a < step.size(); a++) {
        int place = step.place(a);
        step.bind(a, place >= 0 ? operands[place].address() : base + offsets[-1 - place]);
      }
      step.run();
    }
  }

  @Override
  public void close() {
    phases.forEach(phase -> phase.parts().forEach(steps -> steps.forEach(Primitive::close)));
  }
}
