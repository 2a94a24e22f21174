package semigan.kernels.cpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The plans made so far, by what they compute. Making one costs a hundred times what running it
 * does; the least recently used go first when there are too many.
 */
final class Plans implements AutoCloseable {
  private static final int CAPACITY = 512;

  /** {@code -Dsemigan.cpu.trace=true} prints what oneDNN chose for each plan. */
  private static final boolean TRACE = Boolean.getBoolean("semigan.cpu.trace");

  private final OneDnn library;
  private final Workers workers;
  private final Sharing sharing;
  private final Scratch scratch = new Scratch();
  private final LinkedHashMap<Record, Plan> cache =
      new LinkedHashMap<>(2 * CAPACITY, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Record, Plan> eldest) {
          boolean full = size() > CAPACITY;
          if (full) {
            eldest.getValue().close();
          }
          return full;
        }
      };

  /**
   * @param leastWork as {@link Sharing} has it
   */
  Plans(OneDnn library, Workers workers, long leastWork) {
    this.library = library;
    this.workers = workers;
    // Where a primitive has OpenMP's threads, it is not shared out among ours.
    sharing = new Sharing(library.runsOnOneThread() ? workers.threads() : 1, leastWork);
  }

  Sharing sharing() {
    return sharing;
  }

  /**
   * The plan of that key.
   *
   * @param key all that the recipe depends on; its record type tells families apart
   * @param recipe adds the steps; none if oneDNN has nothing good to offer
   */
  Plan get(Record key, Consumer<PlanBuilder> recipe) {
    Plan plan = cache.get(key);
    if (plan == null) {
      try (PlanBuilder builder = new PlanBuilder(library, workers, sharing, scratch)) {
        recipe.accept(builder);
        plan = builder.build();
      }
      if (TRACE) {
        System.err.printf("cpu: %s: %s%n", plan.implementation(), key);
      }
      cache.put(key, plan);
    }
    return plan;
  }

  @Override
  public void close() {
    cache.values().forEach(Plan::close);
    cache.clear();
    scratch.close();
  }
}
