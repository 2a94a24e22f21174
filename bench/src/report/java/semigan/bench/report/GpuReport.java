package semigan.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import semigan.bench.report.Settings.Part;
import semigan.gan.cli.Main;
import semigan.kernels.ConformanceTolerances;

/**
 * Says of a GPU whether everything is right on it and how fast it is: the tests, ten training steps
 * beside the reference's, recorded steps beside eager ones, the step's time beside PyTorch's, and
 * each kernel's rate. Writes {@code report.json} after each part, and {@code report.md}.
 */
@Command(
    name = "gpu-report",
    description = "Tests and measures a GPU, and writes a report.",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exits with 0 if everything is right, and 1 if not.",
      "",
      "Example:",
      "  java -jar gpu-report.jar report"
    })
public final class GpuReport implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final long SMI_SECONDS = 30;

  @Mixin private Settings settings;

  private final long started = System.nanoTime();

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new GpuReport())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (System.getProperty("semigan.cuda") == null) {
      System.setProperty("semigan.cuda", "real");
    }
    Files.createDirectories(settings.out());
    Path file = settings.out().resolve("report.json");
    ObjectNode report =
        settings.goesOn() && Files.exists(file)
            ? (ObjectNode) JSON.readTree(file.toFile())
            : JSON.createObjectNode();
    if (!settings.goesOn()) {
      Files.deleteIfExists(settings.log());
    }
    settings(report);
    Pytorch pytorch = new Pytorch(settings);
    report.put("pytorch", pytorch.found());
    for (Part part : Part.values()) {
      if (settings.runs(part)) {
        report.remove(part.toString());
        run(part, report, pytorch);
        JSON.writeValue(file.toFile(), report);
        Files.writeString(settings.out().resolve("report.md"), new Markdown(report).text());
      }
    }
    List<String> wrong = Verdict.of(report);
    wrong.forEach(line -> say("WRONG: " + line));
    say("wrote " + settings.out().resolve("report.md"));
    return wrong.isEmpty() ? 0 : 1;
  }

  private void run(Part part, ObjectNode report, Pytorch pytorch) throws IOException {
    switch (part) {
      case DEVICE -> device(report.putObject(part.toString()));
      case TESTS -> {
        report.set("tolerances", JSON.valueToTree(ConformanceTolerances.byCase()));
        new Tests(settings, this::say).run(report.putArray(part.toString()));
      }
      case TRACE -> new Trace(settings, this::say).run(report.putObject(part.toString()));
      case STEPS -> new Steps(settings, pytorch, this::say).run(report.putArray(part.toString()));
      case KERNELS -> new Kernels(settings, this::say).run(report.putArray(part.toString()));
    }
  }

  private void settings(ObjectNode report) {
    report
        .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("quick", settings.quick())
        .put("image", settings.image())
        .put("width", settings.width())
        .put("windows", settings.windows());
  }

  private void device(ObjectNode result) throws IOException {
    try (Child doctor =
        settings.java(List.of(), Main.class.getName(), List.of("doctor", "--json"))) {
      JsonNode answer = doctor.next().orElse(JSON.createObjectNode());
      result.set("doctor", answer);
      for (JsonNode device : answer.path("devices")) {
        if (device.path("name").asText().equals("cuda")) {
          result.put("works", device.path("works").asBoolean());
          result.put("description", device.path("description").asText());
        }
      }
    }
    List<String> query =
        List.of(
            "nvidia-smi",
            "--query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.mem,power.limit",
            "--format=csv");
    try {
      Process smi = new ProcessBuilder(query).redirectErrorStream(true).start();
      // Some lines, which a pipe holds: it need not be read to come to its end.
      boolean ended = smi.waitFor(SMI_SECONDS, TimeUnit.SECONDS);
      result.put(
          "nvidiaSmi",
          ended ? new String(smi.getInputStream().readAllBytes()).strip() : "does not answer");
      smi.destroyForcibly();
    } catch (IOException e) {
      result.put("nvidiaSmi", "none");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    say("device: " + result.path("description").asText("none"));
  }

  private void say(String line) {
    System.out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - started) / 1e9, line);
  }
}
