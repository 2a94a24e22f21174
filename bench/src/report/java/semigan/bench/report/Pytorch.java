package semigan.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** {@code bench/peers/dcgan_step.py}, where there is a PyTorch that sees the GPU. */
final class Pytorch {
  private static final String SCRIPT = "dcgan_step.py";
  private static final String QUESTION =
      "import json, torch; print(json.dumps(dict(torch=torch.__version__,"
          + " gpu=torch.cuda.is_available())))";

  private final Settings settings;
  private final Path script;
  private final String found;

  /** Looks for it, and unpacks the script. */
  Pytorch(Settings settings) throws IOException {
    this.settings = settings;
    script = settings.out().resolve(SCRIPT);
    try (InputStream packed = Pytorch.class.getResourceAsStream("/semigan/bench/peers/" + SCRIPT)) {
      Files.copy(packed, script, StandardCopyOption.REPLACE_EXISTING);
    }
    found = look();
  }

  private String look() {
    try (Child child = settings.program(List.of(settings.python(), "-c", QUESTION))) {
      return child
          .next()
          .map(
              answer ->
                  answer.get("gpu").asBoolean()
                      ? answer.get("torch").asText()
                      : "none that sees a GPU: " + answer.get("torch").asText())
          .orElse("none in " + settings.python());
    } catch (IOException e) {
      return "none: " + e.getMessage();
    }
  }

  /** Its version, or why its rows are missing. */
  String found() {
    return found;
  }

  /** The modes to compare with ours of a precision; none where it is missing. */
  List<String> modes(String precision) {
    if (found.startsWith("none")) {
      return List.of();
    }
    return precision.equals("bf16")
        ? List.of("eager-bf16", "compile-bf16", "graph-bf16", "compile-graph-bf16")
        : List.of("eager-" + precision, "graph-" + precision);
  }

  /** A process that times a window for each line it reads. */
  Child serve(List<String> workload) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(settings.python(), script.toString(), "--serve"));
    command.addAll(workload);
    if (settings.device().contains(":")) {
      command.addAll(List.of("--device", settings.device()));
    }
    return settings.program(command);
  }
}
