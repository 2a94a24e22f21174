package semigan.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import semigan.bench.StepKernels;

/** Every kernel of the training step at the step's own sizes. */
final class Kernels {
  /** Ours for convolutions with few image channels, instead of the library's. */
  private static final String DIRECT_ENDS = "-Dsemigan.cuda.directEnds=true";

  /** A convolution with 1 to 4 channels at one end. */
  private static final Pattern END = Pattern.compile("^conv .*,[1-4]\\].*");

  private final Settings settings;
  private final Consumer<String> progress;

  Kernels(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  void run(ArrayNode rows) throws IOException {
    for (int batch : settings.batches()) {
      for (String mode : settings.modes()) {
        for (JsonNode row : measure(List.of(), mode, batch)) {
          rows.add(row);
        }
      }
      for (String mode : settings.quick() ? List.of("bf16") : List.of("f32", "bf16")) {
        for (JsonNode row : measure(List.of(DIRECT_ENDS), mode, batch)) {
          if (row.has("error") || END.matcher(row.get("kernel").asText()).matches()) {
            rows.add(((ObjectNode) row).put("directEnds", true));
          }
        }
      }
    }
  }

  private List<JsonNode> measure(List<String> properties, String mode, int batch)
      throws IOException {
    int steps = settings.quick() ? 1 : 5;
    List<String> arguments =
        new ArrayList<>(settings.workload(mode, batch, settings.width(), steps, 2));
    arguments.addAll(List.of("--device", settings.device()));
    arguments.addAll(List.of("--repetitions", settings.quick() ? "2" : "20"));
    try (Child child = settings.java(properties, StepKernels.class.getName(), arguments)) {
      List<JsonNode> rows = child.rest();
      String what =
          "kernels in %s%s, batch %d: "
              .formatted(mode, properties.isEmpty() ? "" : ", direct ends", batch);
      if (rows.isEmpty()) {
        progress.accept(what + "failed, see log.txt");
        ObjectNode failed = JsonNodeFactory.instance.objectNode();
        return List.of(failed.put("error", what + "the process failed; see log.txt"));
      }
      progress.accept(what + rows.size() + " kinds of calls");
      return rows;
    }
  }
}
