package semigan.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import semigan.bench.StepTrace;

/**
 * Ten training steps: their losses beside those of the reference, and whether a recorded step gives
 * the bits of one whose kernels are called one by one.
 */
final class Trace {
  /** Relative above 1: that of the tests of the same name, for F32. */
  static final double TOLERANCE = 1e-5;

  private static final int STEPS = 10;
  private static final int SMALL_BATCH = 8;
  private static final int SMALL_WIDTH = 8;

  private final Settings settings;
  private final Consumer<String> progress;

  Trace(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  void run(ObjectNode result) throws IOException {
    againstReference(result.putObject("reference"));
    for (String mode : settings.modes()) {
      compareBits(result, mode, SMALL_BATCH, SMALL_WIDTH);
    }
    for (int batch : settings.quick() ? List.<Integer>of() : settings.batches()) {
      for (String mode : settings.modes()) {
        compareBits(result, mode, batch, settings.width());
      }
    }
  }

  private void againstReference(ObjectNode result) throws IOException {
    JsonNode expected = trace("reference", "f32", SMALL_BATCH, SMALL_WIDTH, List.of());
    JsonNode found = trace(settings.device(), "f32", SMALL_BATCH, SMALL_WIDTH, List.of());
    result.put("batch", SMALL_BATCH).put("width", SMALL_WIDTH).put("tolerance", TOLERANCE);
    result.set("expected", expected.path("losses"));
    result.set("found", found.path("losses"));
    double largest = difference(expected.path("losses"), found.path("losses"));
    result.put("largestDifference", largest).put("passed", largest <= TOLERANCE);
    progress.accept("ten steps against the reference: largest difference " + largest);
  }

  private void compareBits(ObjectNode result, String mode, int batch, int width)
      throws IOException {
    JsonNode replayed = trace(settings.device(), mode, batch, width, List.of());
    JsonNode called = trace(settings.device(), mode, batch, width, List.of("--eager"));
    boolean equal = !replayed.isMissingNode() && replayed.equals(called);
    result
        .withArray("bits")
        .addObject()
        .put("mode", mode)
        .put("batch", batch)
        .put("width", width)
        .put("equal", equal);
    progress.accept(
        "%s, batch %d: a graph's bits are %s"
            .formatted(mode, batch, equal ? "those of eager steps" : "NOT those of eager steps"));
  }

  /** A missing node where the process failed. */
  private JsonNode trace(String device, String mode, int batch, int width, List<String> more)
      throws IOException {
    List<String> arguments = new ArrayList<>(settings.workload(mode, batch, width, STEPS, 0));
    arguments.addAll(List.of("--device", device));
    arguments.addAll(more);
    try (Child child = settings.java(List.of(), StepTrace.class.getName(), arguments)) {
      Optional<JsonNode> answer = child.next();
      return answer.orElse(MissingNode.getInstance());
    }
  }

  /** The largest, relative above 1; infinite where one is missing or not a number. */
  private static double difference(JsonNode expected, JsonNode found) {
    double largest = 0;
    if (expected.size() != STEPS || found.size() != STEPS) {
      return Double.POSITIVE_INFINITY;
    }
    for (int step = 0; step < STEPS; step++) {
      for (int loss = 0; loss < expected.get(step).size(); loss++) {
        double e = expected.get(step).get(loss).asDouble();
        double f = found.get(step).get(loss).asDouble(Double.NaN);
        double apart = Math.abs(e - f) / Math.max(1, Math.abs(e));
        largest = Double.isFinite(apart) ? Math.max(largest, apart) : Double.POSITIVE_INFINITY;
      }
    }
    return largest;
  }
}
