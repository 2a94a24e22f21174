package semigan.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** A report for people to read. */
final class Markdown {
  /** Kernels that take less of a step's time are left to report.json. */
  private static final double LEAST_SHARE = 0.01;

  private static final List<String> OUTCOMES = List.of("passed", "failed", "skipped");

  private final JsonNode report;
  private final StringBuilder text = new StringBuilder();

  Markdown(JsonNode report) {
    this.report = report;
  }

  String text() {
    String device = report.path("device").path("description").asText("an unknown device");
    if (isSimulated()) {
      paragraph(
          "**On the simulator: that it runs is what this shows, and no time in it means anything.**");
    }
    paragraph("# %s", device);
    List<String> wrong = Verdict.of(report);
    paragraph("Measured at %s.", report.path("at").asText());
    paragraph(
        wrong.isEmpty() ? "Everything that was run is right." : "**%d things are wrong:**",
        wrong.size());
    wrong.forEach(one -> line("- %s", one));
    environment();
    tests();
    trace();
    steps();
    kernels();
    return text.toString();
  }

  private boolean isSimulated() {
    return report.path("device").path("description").asText().contains("Simulated");
  }

  private void environment() {
    JsonNode device = report.path("device");
    if (device.isMissingNode()) {
      return;
    }
    heading("The machine");
    line("```");
    for (Map.Entry<String, JsonNode> finding : device.path("doctor").properties()) {
      if (finding.getValue().isValueNode()) {
        line("%s: %s", finding.getKey(), finding.getValue().asText());
      }
    }
    device.path("doctor").path("devices").forEach(this::device);
    line("pytorch: %s", report.path("pytorch").asText());
    line("nvidia-smi: %s", device.path("nvidiaSmi").asText());
    line("```");
  }

  private void device(JsonNode device) {
    line(
        "%s: %s%s",
        device.path("name").asText(),
        device.path("works").asBoolean() ? "" : "does not work: ",
        device.path("description").asText());
    for (JsonNode required : device.path("requirements")) {
      line(
          "  %s: %s %s, expected %s",
          required.path("name").asText(),
          required.path("found").asText(),
          required.path("where").asText(),
          required.path("expected").asText());
    }
  }

  private void tests() {
    JsonNode tests = report.path("tests");
    if (tests.isMissingNode()) {
      return;
    }
    heading("Tests");
    List<String> allowed = new ArrayList<>();
    report
        .path("tolerances")
        .properties()
        .forEach(one -> allowed.add("%s %.1e".formatted(one.getKey(), one.getValue().asDouble())));
    paragraph("Allowed, relative to the sum of magnitudes: %s.", String.join(", ", allowed));
    table(
        "class",
        "on the device: passed",
        "failed",
        "skipped",
        "others: passed",
        "failed",
        "skipped",
        "seconds");
    int[] sums = new int[2 * OUTCOMES.size()];
    for (JsonNode one : tests) {
      if (one.path("crashed").asBoolean()) {
        row(one.path("end").asText(), "**the process died**", "", "", "", "", "", "");
        continue;
      }
      int[] counts = counts(one);
      Arrays.setAll(sums, i -> sums[i] + counts[i]);
      countsRow(one.path("end").asText(), counts, one.path("seconds").asText());
    }
    countsRow("together", sums, "");
    line("");
    for (JsonNode one : tests) {
      for (JsonNode failure : one.path("failures")) {
        line("- %s: `%s`", failure.path("test").asText(), failure.path("message").asText());
      }
    }
  }

  /** Of the tests whose name says that they ran on the device, then of all others. */
  private static int[] counts(JsonNode tests) {
    int[] counts = new int[2 * OUTCOMES.size()];
    for (int i = 0; i < OUTCOMES.size(); i++) {
      counts[i] = tests.path("onDevice").path(OUTCOMES.get(i)).asInt();
      counts[OUTCOMES.size() + i] = tests.path("all").path(OUTCOMES.get(i)).asInt() - counts[i];
    }
    return counts;
  }

  private void countsRow(String name, int[] counts, String seconds) {
    List<Object> cells = new ArrayList<>(List.of(name));
    Arrays.stream(counts).forEach(cells::add);
    cells.add(seconds);
    row(cells.toArray());
  }

  private void trace() {
    JsonNode trace = report.path("trace");
    if (trace.isMissingNode()) {
      return;
    }
    heading("Ten training steps");
    JsonNode reference = trace.path("reference");
    paragraph(
        "F32 beside the reference, batch %d, width %d: largest difference of a loss %.1e, allowed %.1e: %s.",
        reference.path("batch").asInt(),
        reference.path("width").asInt(),
        reference.path("largestDifference").asDouble(),
        reference.path("tolerance").asDouble(),
        reference.path("passed").asBoolean() ? "right" : "**wrong**");
    paragraph("Recorded as a CUDA graph against called one by one:");
    table("precision", "batch", "width", "losses and weights");
    for (JsonNode bits : trace.path("bits")) {
      row(
          bits.path("mode").asText(),
          bits.path("batch").asInt(),
          bits.path("width").asInt(),
          bits.path("equal").asBoolean() ? "the same bits" : "**other bits**");
    }
  }

  private void steps() {
    JsonNode steps = report.path("steps");
    if (steps.isMissingNode()) {
      return;
    }
    heading("The training step");
    paragraph(
        "DCGAN, images %s, %d filters next to the image; medians of %d windows in turns.",
        report.path("image").asText(),
        report.path("width").asInt(),
        report.path("windows").asInt());
    table("batch", "whose", "how", "ms a step", "range", "images/s");
    for (JsonNode one : steps) {
      row(
          one.path("batch").asInt(),
          one.path("peer").asText(),
          one.path("mode").asText(),
          one.has("error") ? one.path("error").asText() : number("%.4f", one.path("ms")),
          one.has("error")
              ? ""
              : number("%.4f", one.path("leastMs"))
                  + " to "
                  + number("%.4f", one.path("greatestMs")),
          one.has("error") ? "" : number("%,.0f", one.path("imagesPerSecond")));
    }
    line("");
    if (!isSimulated()) {
      steps.findValuesAsText("batch").stream().distinct().forEach(batch -> ratios(steps, batch));
    }
  }

  private void ratios(JsonNode steps, String batch) {
    Optional<JsonNode> ours = fastest(steps, batch, "ours", "graph-bf16");
    Map<String, String> peers = new LinkedHashMap<>();
    peers.put("with the whole step in a CUDA graph", "graph-");
    peers.put("compiled", "compile-bf16");
    peers.put("eager", "eager-");
    peers.forEach(
        (how, modes) -> {
          Optional<JsonNode> peer = fastest(steps, batch, "pytorch", modes);
          if (ours.isPresent() && peer.isPresent()) {
            line(
                "- batch %s: PyTorch at its fastest %s (%s) takes %.2f times our BF16 step.",
                batch,
                how,
                peer.get().path("mode").asText(),
                peer.get().path("ms").asDouble() / ours.get().path("ms").asDouble());
          }
        });
  }

  private static Optional<JsonNode> fastest(
      JsonNode steps, String batch, String peer, String mode) {
    return StreamSupport.stream(steps.spliterator(), false)
        .filter(row -> row.path("batch").asText().equals(batch) && row.has("ms"))
        .filter(row -> row.path("peer").asText().equals(peer))
        .filter(row -> row.path("mode").asText().contains(mode))
        .min((a, b) -> Double.compare(a.path("ms").asDouble(), b.path("ms").asDouble()));
  }

  private void kernels() {
    JsonNode kernels = report.path("kernels");
    if (kernels.isMissingNode()) {
      return;
    }
    heading("Kernels of the step");
    Map<String, Double> times = new LinkedHashMap<>();
    Map<String, Integer> calls = new LinkedHashMap<>();
    for (JsonNode one : kernels) {
      if (!one.has("directEnds") && !one.has("error")) {
        times.merge(stepOf(one), timeInStep(one), Double::sum);
        calls.merge(stepOf(one), one.path("calls_a_step").asInt(), Integer::sum);
      }
    }
    table("step", "calls", "their times together, ms");
    times.forEach((step, us) -> row(step, calls.get(step), "%.4f".formatted(us / 1e3)));
    line("");
    products(kernels);
    line("");
    paragraph(
        "The others that take more than a hundredth of their step; a byte of a buffer counts once,"
            + " read or written.");
    table("call", "precision", "batch", "calls a step", "us", "GB/s");
    for (JsonNode one : kernels) {
      if (one.path("operations").asLong() == 0
          && timeInStep(one) > LEAST_SHARE * times.getOrDefault(stepOf(one), 0.0)) {
        row(
            one.path("kernel").asText(),
            one.path("mode").asText(),
            one.path("batch").asInt(),
            one.path("calls_a_step").asInt(),
            number("%.2f", one.path("us")),
            number("%.1f", one.path("gb_per_s")));
      }
    }
  }

  private void products(JsonNode kernels) {
    paragraph("Convolutions and products; sizes are [batch, height, width, channels].");
    table("call", "precision", "batch", "us", "TFLOP/s");
    for (JsonNode one : kernels) {
      if (one.path("operations").asLong() > 0) {
        row(
            one.path("kernel").asText() + (one.path("directEnds").asBoolean() ? " (direct)" : ""),
            one.path("mode").asText(),
            one.path("batch").asInt(),
            number("%.2f", one.path("us")),
            number("%.2f", one.path("tflop_per_s")));
      }
    }
  }

  private static String stepOf(JsonNode kernel) {
    return kernel.path("mode").asText() + ", batch " + kernel.path("batch").asText();
  }

  private static double timeInStep(JsonNode kernel) {
    return kernel.path("us").asDouble() * kernel.path("calls_a_step").asDouble();
  }

  private void heading(String title) {
    line("");
    line("## %s", title);
    line("");
  }

  private void table(String... columns) {
    row((Object[]) columns);
    line("|%s", " --- |".repeat(columns.length));
  }

  private void row(Object... cells) {
    StringBuilder row = new StringBuilder("|");
    for (Object cell : cells) {
      row.append(' ').append(cell).append(" |");
    }
    line("%s", row);
  }

  private static String number(String format, JsonNode value) {
    return String.format(Locale.ROOT, format, value.asDouble());
  }

  private void paragraph(String format, Object... arguments) {
    line(format, arguments);
    line("");
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
