package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import semigan.gan.store.EventReader;
import semigan.gan.store.MetricsLog;
import semigan.gan.train.TrainConfig;

/** Training, and the folder that it leaves. */
@Timeout(300)
class TrainIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private GanJar.Result run(String... arguments) {
    return GanJar.in(folder).run(arguments);
  }

  private GanJar.Result train(String... more) {
    return run(Samples.train(Samples.shapes(), 3, more));
  }

  @Test
  void threadsCanBeLimited() {
    String out = train("--device", "cpu", "--threads", "1").done().out();
    assertTrue(out.contains(", 1 threads, "), out);
  }

  /** oneDNN can be told that the processor has less than it has. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aProcessorWithoutBf16SaysSo() {
    String[] arguments =
        Samples.train(Samples.shapes(), 3, "--device", "cpu", "--precision", "bf16");
    String line =
        GanJar.in(folder).runAfter("export ONEDNN_MAX_CPU_ISA=AVX2", arguments).refused(2);
    assertTrue(line.startsWith("gan: --precision bf16: cpu ("), line);
    assertTrue(line.endsWith("a processor with AVX-512 BF16; use --precision f32"), line);
  }

  @Test
  void theBuiltInDataNeedsNothingElse() throws IOException {
    run("train", "--steps", "3", "--filters", "4", "--batch", "8").done();
    Path run;
    try (Stream<Path> runs = Files.list(folder.resolve("runs"))) {
      run = runs.toList().get(0);
    }
    assertTrue(run.getFileName().toString().matches("\\d{8}-\\d{6}-glyphs"), run.toString());
    JsonNode config = JSON.readTree(run.resolve("config.json").toFile());
    assertEquals(100, config.get("labels").asInt());
    assertEquals("glyphs", config.get("data").asText());
    BufferedImage grid = ImageIO.read(run.resolve("samples/000003.png").toFile());
    assertTrue(grid.getWidth() >= 10 * 28 && grid.getHeight() >= 6 * 28);
  }

  @Test
  void aProfileShowsTheStepAndWritesNothing() {
    String text = train("--profile").done().out();
    assertTrue(text.contains("conv transposedBackward [8,32,32,1] to [8,16,16,4] by 4x4"), text);
    assertTrue(text.contains("optim adam"), text);
    assertTrue(
        text.matches("(?s).*step: [\\d.]+ ms, \\d+ images/s; kernels .* the convolutions alone .*"),
        text);
    assertFalse(Files.exists(folder.resolve("runs")));
  }

  @Test
  void aRunLeavesEverythingInItsFolder() throws IOException {
    Path run = Samples.model();
    assertEveryFileIsThere(run);
    JsonNode config = JSON.readTree(run.resolve("config.json").toFile());
    Set<String> settings = new TreeSet<>(TrainConfig.settings().keySet());
    Set<String> names = new TreeSet<>();
    config.fieldNames().forEachRemaining(names::add);
    assertEquals(settings, names, "fully resolved");
    assertEquals(4, config.get("filters").asInt());
    assertEquals(32, config.get("size").asInt());
    assertNotEquals("auto", config.get("device").asText());
    JsonNode environment = JSON.readTree(run.resolve("environment.json").toFile());
    for (String name : List.of("version", "device", "java", "os", "processors")) {
      assertTrue(environment.hasNonNull(name), name);
    }
  }

  private static void assertEveryFileIsThere(Path run) throws IOException {
    for (String image : List.of("samples/000003.png", "samples/000030.png", "loss.png")) {
      assertNotNull(ImageIO.read(run.resolve(image).toFile()), image + " decodes");
    }
    assertTrue(Files.size(run.resolve("model.safetensors")) > 1000);
    assertTrue(Files.exists(run.resolve("checkpoints/000030.safetensors")));
    assertTrue(Files.readString(run.resolve("log.txt")).contains("baseline"));
  }

  @Test
  void aRunCanBeWatchedInItsMetricsAndInTensorBoard() throws IOException {
    Path run = Samples.model();
    Map<String, Integer> measured = new TreeMap<>();
    for (Map<String, Object> record : MetricsLog.read(run.resolve("metrics.jsonl"))) {
      record.keySet().forEach(name -> measured.put(name, (Integer) record.get("step")));
    }
    for (String network : List.of("Generator", "Discriminator")) {
      assertEquals(30, measured.get("gradientNorm" + network), measured::toString);
    }
    for (String name : List.of("lossLabelled", "lossGenerator", "scoreFake", "accuracy")) {
      assertEquals(30, measured.get(name), measured::toString);
    }
    Map<String, Long> shown = new TreeMap<>();
    for (Event event : EventReader.read(EventReader.files(run).get(0))) {
      event.getSummary().getValueList().forEach(v -> shown.put(v.getTag(), event.getStep()));
    }
    for (String tag : List.of("loss/real", "score/real", "gradientNorm/generator", "samples")) {
      assertEquals(30, shown.get(tag), shown::toString);
    }
    assertEquals(measured.size(), shown.size(), "one has the step, the other the pictures");
  }

  @Test
  void theReferenceTrainsTooAndJsonIsOneLine() {
    JsonNode result =
        train("--device", "reference", "--generator-loss", "feature-matching", "--json").json();
    assertEquals(3, result.get("step").asInt());
    assertTrue(result.get("finished").asBoolean());
    assertEquals(20, result.get("testImages").asInt());
    assertTrue(Files.exists(folder.resolve(result.get("run").asText())));
  }

  /** Who tunes is not to see them: the test images are for {@code evaluate} alone. */
  @Test
  void aRunWithHeldOutImagesSaysNothingOfTheTestImages() {
    GanJar.Result ended = train("--held-out", "4", "--baseline", "--json", "--name", "tuned");
    JsonNode result = ended.json();
    assertEquals(4, result.get("heldOutImages").asInt());
    int errors = result.get("heldOutErrors").asInt();
    assertEquals(1 - errors / 4.0, result.get("heldOutAccuracy").asDouble(), 1e-12);
    assertEquals(0, result.get("baselineAccuracy").asDouble() * 4 % 1, "shares of four");
    assertTrue(ended.err().contains("of the held-out images right (" + errors + " errors in 4)"));
    assertTrue(ended.err().contains("held-out accuracy: "), ended::err);
    assertFalse((result + ended.err()).contains("test"), ended::toString);
    Map<String, Object> last = new TreeMap<>();
    for (var record : MetricsLog.read(folder.resolve("runs/tuned/metrics.jsonl"))) {
      last.putAll(record);
    }
    assertEquals(errors, last.get("heldOutErrors"));
    assertFalse(last.containsKey("testErrors"), last::toString);
    assertEquals(20, run("evaluate", "runs/tuned", "--json").json().get("testImages").asInt());
  }

  @Test
  void theSameSettingsGiveTheSameWeightsAndAnotherSeedOthers() throws IOException {
    byte[] expected = Files.readAllBytes(Samples.model().resolve("model.safetensors"));
    String config = Samples.model().resolve("config.json").toString();
    run("train", "--config", config, "--name", "again").done();
    assertArrayEquals(expected, Files.readAllBytes(folder.resolve("runs/again/model.safetensors")));
    run("train", "--config", config, "--name", "other", "--seed", "2").done();
    byte[] other = Files.readAllBytes(folder.resolve("runs/other/model.safetensors"));
    assertFalse(Arrays.equals(expected, other));
  }

  @Test
  void anOptionBeatsTheConfigFileWhichBeatsTheDefault() throws IOException {
    Files.writeString(
        folder.resolve("c.json"),
        "{\"filters\": 2, \"latent\": 7, \"flip\": true, \"augment\": [\"cutout\"]}");
    String data = Samples.shapes().toString();
    run(
            "train",
            "--data",
            data,
            "--config",
            "c.json",
            "--no-flip",
            "--augment",
            "none",
            "--name",
            "mixed",
            "--steps",
            "1",
            "--filters",
            "4",
            "--batch",
            "8",
            "--labels",
            "0")
        .done();
    JsonNode config = JSON.readTree(folder.resolve("runs/mixed/config.json").toFile());
    assertEquals(4, config.get("filters").asInt(), "option");
    assertFalse(config.get("flip").asBoolean(), "option");
    assertEquals(0, config.get("augment").size(), "option");
    assertEquals(7, config.get("latent").asInt(), "file");
    assertEquals(32, config.get("labelledBatch").asInt(), "default");
    assertEquals(0, config.get("labels").asInt(), "none at all is allowed");
  }
}
