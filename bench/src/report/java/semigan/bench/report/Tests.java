package semigan.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The tests that compare the device with the reference, run from this program's own jar. */
final class Tests {
  /** Memory and transfers, and nothing that takes long. */
  private static final List<String> QUICK = List.of("semigan.kernels.BackendConformanceTest");

  private final Settings settings;
  private final Consumer<String> progress;

  Tests(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /** Results of each class; a class in which the process died is there with {@code crashed}. */
  void run(ArrayNode results) throws IOException {
    List<String> waiting = new ArrayList<>(settings.quick() ? QUICK : all());
    while (!waiting.isEmpty()) {
      try (Child child = start(waiting)) {
        String begun = null;
        Optional<JsonNode> line;
        while ((line = child.next()).isPresent()) {
          if (line.get().has("begin")) {
            begun = line.get().get("begin").asText();
          } else {
            results.add(line.get());
            waiting.remove(begun);
            begun = null;
            progress.accept(describe(line.get()));
          }
        }
        if (begun != null || !waiting.isEmpty()) {
          String lost = begun != null ? begun : waiting.get(0);
          waiting.remove(lost);
          ObjectNode crashed = results.addObject();
          crashed.put("end", lost).put("crashed", true);
          progress.accept(lost + ": the process ended, or was silent for too long; see log.txt");
        }
      }
    }
  }

  private List<String> all() throws IOException {
    try (Child child = start(List.of())) {
      return child.rest().stream().map(line -> line.get("class").asText()).toList();
    }
  }

  private Child start(List<String> classes) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(backend()));
    arguments.addAll(classes);
    return settings.java(
        List.of("-Dsemigan.require=" + backend()), TestRun.class.getName(), arguments);
  }

  private String backend() {
    return settings.device().replaceFirst(":.*", "");
  }

  private static String describe(JsonNode line) {
    JsonNode all = line.get("all");
    return "%s: %d passed, %d failed, %d skipped in %.1f s"
        .formatted(
            line.get("end").asText(),
            all.get("passed").asInt(),
            all.get("failed").asInt(),
            all.get("skipped").asInt(),
            line.get("seconds").asDouble());
  }
}
