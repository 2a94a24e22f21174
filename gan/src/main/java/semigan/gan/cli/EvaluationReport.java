package semigan.gan.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import semigan.gan.evaluate.Accuracy;
import semigan.gan.evaluate.Calibration;
import semigan.gan.evaluate.Comparison;
import semigan.gan.evaluate.DensityCoverage;
import semigan.gan.evaluate.Diagnosis;
import semigan.gan.evaluate.Evaluator;
import semigan.gan.evaluate.FeatureClassifier;
import semigan.gan.evaluate.Memorisation;
import semigan.gan.evaluate.Overfitting;
import semigan.gan.evaluate.Transfer;

/** What {@code evaluate} found: as text while it is found, or as one line of JSON at the end. */
final class EvaluationReport {
  private final boolean json;
  private final List<String> classes;
  private final int count;
  private final Map<String, Object> line = new LinkedHashMap<>();
  private final Map<String, String> verdicts = new LinkedHashMap<>();
  private final List<String> notMeasured = new ArrayList<>();

  /**
   * @param count generated images
   */
  EvaluationReport(boolean json, String data, List<String> classes, int count) {
    this.json = json;
    this.classes = classes;
    this.count = count;
    line.put("data", data);
  }

  void skipped(String what, String why) {
    notMeasured.add("%s: %s".formatted(what, why));
    say("not measured: %s: %s", what, why);
  }

  void accuracy(Accuracy accuracy, Calibration calibration) {
    line.put("accuracy", accuracy.share());
    line.put("testErrors", accuracy.errors());
    line.put("testImages", accuracy.total());
    line.put("confusion", accuracy.confusion());
    line.put("calibrationError", calibration.error());
    line.put("calibration", calibration.bins());
    say(
        "accuracy: %.2f%% (%d errors in %d)",
        100 * accuracy.share(), accuracy.errors(), accuracy.total());
    for (int label = 0; label < classes.size(); label++) {
      confusionRow(label, accuracy.confusion()[label]);
    }
    say(
        "calibration: its probabilities are off by %.1f%% on average (expected calibration error, 15 bins)",
        100 * calibration.error());
  }

  /** How many of a class are right, and what the others are taken for. */
  private void confusionRow(int label, int[] row) {
    int total = 0;
    StringBuilder counts = new StringBuilder();
    for (int n : row) {
      total += n;
      counts.append(" %5d".formatted(n));
    }
    say(
        "  %-14s %6.2f%%  of %5d, taken for%s",
        classes.get(label), total == 0 ? 0 : 100.0 * row[label] / total, total, counts);
  }

  void seen(Evaluator.Seen seen, FeatureClassifier classifier) {
    line.put("count", count);
    line.put("features", Map.of("of", classifier.spec().data(), "sha256", classifier.hash()));
    line.put("generated", describe(seen.generated()));
    line.put("floor", describe(seen.floor()));
    line.put(
        "classShares",
        Map.of("generated", seen.shares().generated(), "test", seen.shares().test()));
    say(
        "%d generated images against %d test images, and as many training images:",
        count, seen.testImages());
    say("  %-14s %20s %20s", "", "generated", "training");
    row(seen, "FID", c -> c.frechet().map(fid -> "%.4f".formatted(fid)));
    row(seen, "KID", c -> c.kernel().map(k -> "%.5f".formatted(k.value())));
    row(
        seen,
        "  95% interval",
        c -> c.kernel().map(k -> "%.5f..%.5f".formatted(k.low(), k.high())));
    row(seen, "precision", c -> c.precisionRecall().map(p -> "%.4f".formatted(p.precision())));
    row(seen, "recall", c -> c.precisionRecall().map(p -> "%.4f".formatted(p.recall())));
    row(seen, "density", c -> c.densityCoverage().map(d -> "%.4f".formatted(d.density())));
    row(seen, "coverage", c -> c.densityCoverage().map(d -> "%.4f".formatted(d.coverage())));
    if (seen.generated().frechet().isEmpty()) {
      skipped("FID", "needs more images than the features are long, 65 or more; KID does not");
    }
    say(
        "  in the features of the classifier of %s with SHA-256 %s: these are no Inception-FID and compare only with measures by the same classifier of as many images",
        classifier.spec().data(), classifier.hash());
    Optional<DensityCoverage> drawn = seen.generated().densityCoverage();
    Optional<DensityCoverage> floor = seen.floor().densityCoverage();
    if (drawn.isPresent() && floor.isPresent()) {
      verdict(
          "mode collapse",
          "modeCollapse",
          Diagnosis.modeCollapse(seen.shares(), classes, drawn.get(), floor.get()));
    } else {
      skipped(
          "mode collapse",
          "needs %d generated, test and training images or more".formatted(DensityCoverage.FEWEST));
    }
  }

  private static Map<String, Object> describe(Comparison comparison) {
    Map<String, Object> measures = new LinkedHashMap<>();
    comparison.frechet().ifPresent(fid -> measures.put("fid", fid));
    comparison
        .kernel()
        .ifPresent(
            kid -> {
              measures.put("kid", kid.value());
              measures.put("kidInterval", List.of(kid.low(), kid.high()));
            });
    comparison
        .precisionRecall()
        .ifPresent(
            found -> {
              measures.put("precision", found.precision());
              measures.put("recall", found.recall());
            });
    comparison
        .densityCoverage()
        .ifPresent(
            found -> {
              measures.put("density", found.density());
              measures.put("coverage", found.coverage());
            });
    return measures;
  }

  private void row(
      Evaluator.Seen seen, String name, Function<Comparison, Optional<String>> measure) {
    say(
        "  %-14s %20s %20s",
        name, measure.apply(seen.generated()).orElse("-"), measure.apply(seen.floor()).orElse("-"));
  }

  void transfer(Transfer transfer) {
    Map<String, Object> scores = new LinkedHashMap<>();
    scores.put("steps", transfer.steps());
    scores.put("trainingImages", transfer.trainingImages());
    scores.put("trainOnGenerated", transfer.onGenerated().share());
    scores.put("trainOnReal", transfer.onReal().share());
    scores.put("testOnGenerated", transfer.ofGenerated().share());
    scores.put("testOnReal", transfer.ofReal().share());
    line.put("classification", scores);
    say(
        "trained on generated images (%d steps), tested on real ones: %.2f%% right; trained on %d real ones: %.2f%%",
        transfer.steps(),
        100 * transfer.onGenerated().share(),
        transfer.trainingImages(),
        100 * transfer.onReal().share());
    say(
        "trained on real images, tested on generated ones: %.2f%% right; tested on real ones: %.2f%%",
        100 * transfer.ofGenerated().share(), 100 * transfer.ofReal().share());
  }

  void memorisation(Memorisation memorisation, Path picture) {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("images", memorisation.distances().length);
    found.put("share", memorisation.share());
    found.put("expected", Memorisation.EXPECTED);
    found.put("medianDistance", memorisation.median());
    found.put("testMedianDistance", memorisation.testMedian());
    found.put("picture", picture.toString());
    line.put("memorisation", found);
    verdict("memorisation", "memorised", Diagnosis.memorisation(memorisation) + "; see " + picture);
  }

  void overfitting(Overfitting scores) {
    line.put("discriminator", scores);
    verdict("discriminator overfitting", "overfitting", Diagnosis.overfitting(scores));
  }

  private void verdict(String what, String key, String words) {
    verdicts.put(key, words);
    say("%s: %s", what, words);
  }

  private void say(String format, Object... values) {
    if (!json) {
      System.out.println(format.formatted(values));
    }
  }

  /** Prints the JSON. */
  void end() {
    if (json) {
      line.put("verdicts", verdicts);
      line.put("notMeasured", notMeasured);
      System.out.println(Output.json(line));
    }
  }
}
