package semigan.gan.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.gan.study.PairedTest;
import semigan.gan.study.SeedResult;
import semigan.gan.study.StudyFolder;

/**
 * Two studies, seed by seed.
 *
 * @param ours what the first makes of the seeds that both have finished
 * @param theirs what the second makes of them
 */
record StudyComparison(
    StudyFolder first, StudyFolder second, SeedErrors ours, SeedErrors theirs, PairedTest test) {
  /**
   * Pairs their seeds.
   *
   * @throws IllegalArgumentException if they have no finished seed in common, or are not of the
   *     same labels, or were not measured on the same images
   */
  static StudyComparison of(StudyFolder first, StudyFolder second) {
    List<String> differences = first.differencesOfLabels(second);
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "%s (here) and %s (there) are not of the same labels, seed by seed: %s; compare studies that differ in nothing of this"
              .formatted(first.path(), second.path(), String.join("; ", differences)));
    }
    List<SeedResult> ours = new ArrayList<>();
    List<SeedResult> theirs = new ArrayList<>();
    for (SeedResult one : first.seeds()) {
      for (SeedResult other : second.seeds()) {
        if (one.seed() == other.seed() && one.finished() && other.finished()) {
          requireSameImages(first, one, second, other);
          ours.add(one);
          theirs.add(other);
        }
      }
    }
    if (ours.isEmpty()) {
      throw new IllegalArgumentException(
          "%s and %s have no finished seed in common".formatted(first.path(), second.path()));
    }
    SeedErrors here = new SeedErrors(ours);
    SeedErrors there = new SeedErrors(theirs);
    PairedTest test = PairedTest.of(here.values(), there.values());
    return new StudyComparison(first, second, here, there, test);
  }

  private static void requireSameImages(
      StudyFolder first, SeedResult one, StudyFolder second, SeedResult other) {
    if (one.heldOut() != other.heldOut()) {
      throw new IllegalArgumentException(
          "seed %d was measured on the %s in %s and on the %s in %s; compare studies that are measured alike"
              .formatted(
                  one.seed(), one.measuredOn(), first.path(), other.measuredOn(), second.path()));
    }
  }

  Map<String, Object> json() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("first", first.path().toString());
    line.put("second", second.path().toString());
    line.put("difference", SeedErrors.json(test.differences()));
    line.put(ours.nameOfImages(), ours.images());
    if (!Double.isNaN(test.p())) {
      line.put("t", test.t());
      line.put("p", test.p());
    }
    return line;
  }

  void print(PrintStream out) {
    out.printf("%s: %s%n", first.path(), ours);
    out.printf("%s: %s%n", second.path(), theirs);
    out.printf(
        "over %d seeds in common the first makes %.1f errors %s%s%n",
        ours.results().size(),
        Math.abs(test.differences().mean()),
        test.differences().mean() > 0 ? "more" : "less",
        Double.isNaN(test.p())
            ? "; whether that is chance cannot be said from these"
            : "; t = %.2f, p = %.3g (two-sided, paired)".formatted(test.t(), test.p()));
  }
}
