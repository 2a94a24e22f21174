package semigan.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import semigan.bench.StepLoop;

/**
 * The training step, ours and PyTorch's: processes of one precision take turns, a window each, so
 * that all have the device under the same conditions.
 */
final class Steps {
  /** A process, what it is called, and the milliseconds a step of its windows. */
  private record Runner(String peer, String mode, Child child, List<Double> times) {
    /** One that does not answer is ended: it would keep the device from the others. */
    boolean answers(boolean counts) {
      Optional<JsonNode> answer = child.ask();
      if (answer.isEmpty()) {
        child.close();
      } else if (counts) {
        times.add(answer.get().get("ms").asDouble());
      }
      return answer.isPresent();
    }
  }

  private final Settings settings;
  private final Pytorch pytorch;
  private final Consumer<String> progress;

  Steps(Settings settings, Pytorch pytorch, Consumer<String> progress) {
    this.settings = settings;
    this.pytorch = pytorch;
    this.progress = progress;
  }

  void run(ArrayNode rows) throws IOException {
    for (int batch : settings.batches()) {
      for (String precision : settings.modes()) {
        takeTurns(rows, precision, batch);
      }
    }
  }

  private void takeTurns(ArrayNode rows, String precision, int batch) throws IOException {
    List<Runner> runners = new ArrayList<>();
    try {
      List<Runner> answering = new ArrayList<>();
      start(runners, answering, "ours", "graph-" + precision, ours(precision, batch, List.of()));
      List<String> eager = List.of("--eager");
      start(runners, answering, "ours", "eager-" + precision, ours(precision, batch, eager));
      for (String mode : pytorch.modes(precision)) {
        Child child = pytorch.serve(settings.workload(mode, batch));
        start(runners, answering, "pytorch", mode, child);
      }
      for (int window = 0; window < settings.windows(); window++) {
        answering.removeIf(runner -> !runner.answers(true));
      }
    } finally {
      runners.forEach(runner -> runner.child().close());
    }
    runners.forEach(runner -> add(rows, runner, batch));
  }

  private Child ours(String precision, int batch, List<String> more) throws IOException {
    List<String> arguments = new ArrayList<>(settings.workload(precision, batch));
    arguments.addAll(List.of("--device", settings.device()));
    arguments.addAll(more);
    return settings.java(List.of(), StepLoop.class.getName(), arguments);
  }

  /**
   * Waits for a window that does not count, so that each looks for its fastest kernels while it has
   * the device to itself.
   */
  private static void start(
      List<Runner> runners, List<Runner> answering, String peer, String mode, Child child) {
    Runner runner = new Runner(peer, mode, child, new ArrayList<>());
    runners.add(runner);
    if (runner.answers(false)) {
      answering.add(runner);
    }
  }

  private void add(ArrayNode rows, Runner runner, int batch) {
    ObjectNode row =
        rows.addObject().put("peer", runner.peer()).put("mode", runner.mode()).put("batch", batch);
    List<Double> times = runner.times();
    if (times.size() < settings.windows()) {
      row.put(
          "error",
          "gave %d of %d windows; see log.txt".formatted(times.size(), settings.windows()));
      progress.accept("%s %s, batch %d: failed".formatted(runner.peer(), runner.mode(), batch));
      return;
    }
    double median = median(times);
    row.put("ms", median)
        .put("leastMs", Collections.min(times))
        .put("greatestMs", Collections.max(times))
        .put("imagesPerSecond", batch / median * 1e3);
    progress.accept(
        "%s %s, batch %d: %.4f ms a step".formatted(runner.peer(), runner.mode(), batch, median));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
