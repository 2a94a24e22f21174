package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.image.Jpegs;

/** What can be done with a trained model. */
@Timeout(300)
class ModelCommandsIT {
  @TempDir Path folder;

  private final String model = Samples.model().toString();
  private final String file = Samples.model().resolve("model.safetensors").toString();

  private GanJar.Result run(String... arguments) {
    return GanJar.in(folder).run(arguments);
  }

  @Test
  void aGridIsOnePicture() throws IOException {
    assertEquals(
        "drew 5 images to grid.png", run("generate", model, "--count", "5").done().out().trim());
    BufferedImage grid = ImageIO.read(folder.resolve("grid.png").toFile());
    // Three columns and two rows of at least the model's 32x32.
    assertTrue(grid.getWidth() >= 3 * 32 && grid.getHeight() >= 2 * 32);
  }

  @Test
  void anImageIsTheSameHoweverManyAreDrawn() throws IOException {
    run("generate", model, "--count", "2", "--seed", "9", "--out", "few").done();
    JsonNode result =
        run("generate", file, "--count", "70", "--seed", "9", "--out", "many", "--json").json();
    assertEquals(70, result.get("count").asInt());
    try (Stream<Path> files = Files.list(folder.resolve("many"))) {
      assertEquals(70, files.count());
    }
    for (String name : new String[] {"000000.png", "000001.png"}) {
      byte[] few = Files.readAllBytes(folder.resolve("few").resolve(name));
      assertArrayEquals(few, Files.readAllBytes(folder.resolve("many").resolve(name)), name);
    }
    run("generate", model, "--count", "1", "--seed", "10", "--out", "other").done();
    assertFalse(
        Arrays.equals(
            Files.readAllBytes(folder.resolve("few/000000.png")),
            Files.readAllBytes(folder.resolve("other/000000.png"))),
        "another seed");
  }

  /** So little trained, a model draws nothing but one of its two classes, perhaps. */
  @Test
  void aClassHasANameAndANumber() throws IOException {
    run("generate", model, "--count", "1", "--out", "own").done();
    String first =
        run("classify", model, "own/000000.png", "--json").json().get(0).get("class").asText();
    boolean bars = isDrawn("bars", "0");
    boolean discs = isDrawn("discs", "1");
    assertTrue(first.equals("bars") ? bars : discs, "the class of its first image is " + first);
  }

  private boolean isDrawn(String name, String number) throws IOException {
    var named = run("generate", model, "--class", name, "--count", "4", "--out", name + ".png");
    if (named.exit() != 0) {
      assertTrue(named.refused(1).contains("drew no '" + name + "' in 1000 attempts"));
      return false;
    }
    run("generate", model, "--class", number, "--count", "4", "--out", number + ".png").done();
    assertArrayEquals(
        Files.readAllBytes(folder.resolve(name + ".png")),
        Files.readAllBytes(folder.resolve(number + ".png")));
    return true;
  }

  @Test
  void theAccuracyIsTheOneThatTrainingReported() throws IOException {
    String data = Samples.shapes().toString();
    JsonNode result = run("evaluate", model, "--data", data, "--json").json();
    assertEquals(20, result.get("testImages").asInt());
    String log = Files.readString(Samples.model().resolve("log.txt"));
    String reported =
        "test accuracy: %.2f%% (%d errors in 20)"
            .formatted(100 * result.get("accuracy").asDouble(), result.get("testErrors").asInt());
    assertTrue(log.contains(reported), reported);
    String text = run("evaluate", file, "--data", data).done().out();
    assertTrue(text.startsWith(reported.substring("test ".length())), text);
  }

  @Test
  void aRunKnowsItsDataAndAFileDoesNot() {
    JsonNode result = run("evaluate", model, "--json").json();
    assertEquals(Samples.shapes().toString(), result.get("data").asText());
    assertEquals(20, result.get("testImages").asInt());
    assertTrue(run("evaluate", file).refused(2).contains("give --data"));
  }

  /** Folders are sorted: a renamed class would change places with the other. */
  @Test
  void aClassOfAnotherNameIsNotTakenForTheOneInItsPlace() throws IOException {
    Path data = Samples.renamedShapes(folder.resolve("data"));
    String line = run("evaluate", model, "--data", data.toString()).refused(2);
    assertTrue(
        line.contains("learnt the classes bars, discs, but the data has discs, z_bars"), line);
  }

  /** What a network says that was not trained to say it is chance. */
  @Test
  void nothingIsSaidThatTheModelDidNotLearn() throws IOException {
    run("generate", model, "--count", "1", "--out", "own").done();
    Path unlabelled = Samples.copy(Samples.model(), folder.resolve("unlabelled"));
    Path config = unlabelled.resolve("config.json");
    ObjectNode settings = (ObjectNode) new ObjectMapper().readTree(config.toFile());
    Files.writeString(config, settings.put("labels", 0).toString());
    String text = run("classify", "unlabelled", "own/000000.png").done().out();
    assertTrue(text.matches("own/000000\\.png: real [\\d.]+%\\n"), text);
    JsonNode line = run("classify", "unlabelled", "own/000000.png", "--json").json().get(0);
    assertEquals("[\"image\",\"real\"]", names(line));
    String file = "unlabelled/model.safetensors";
    assertEquals(text, run("classify", file, "own/000000.png").done().out());
    Files.copy(folder.resolve(file), folder.resolve("model.safetensors"));
    Files.writeString(folder.resolve("config.json"), "{\"architectures\": [\"another's\"]}");
    String unknown = run("classify", "model.safetensors", "own/000000.png").done().out();
    assertTrue(unknown.contains("bars ("), unknown);
    String refused = run("generate", "unlabelled", "--class", "bars").refused(2);
    assertTrue(refused.contains("--class is 'bars' but the model learnt no labels"), refused);

    String[] alone = {"--preset", "supervised", "--out", ".", "--name", "alone"};
    run(Samples.train(Samples.shapes(), 2, alone)).done();
    JsonNode classified = run("classify", "alone", "own/000000.png", "--json").json().get(0);
    assertEquals("[\"image\",\"class\",\"probabilities\"]", names(classified));
    refused = run("generate", "alone").refused(2);
    assertTrue(refused.contains("alone/model.safetensors is a classifier alone"), refused);
  }

  private static String names(JsonNode line) {
    return new ObjectMapper()
        .valueToTree(line.properties().stream().map(Map.Entry::getKey).toList())
        .toString();
  }

  @Test
  void theModelsOwnImageIsClassified() {
    run("generate", model, "--count", "2", "--out", "own").done();
    String text = run("classify", model, "own/000000.png").done().out();
    assertTrue(text.matches("(?s)own/000000\\.png: (bars|discs) \\([\\d.]+%\\), real .*"), text);
    JsonNode both = run("classify", file, "own/000000.png", "own/000001.png", "--json").json();
    assertEquals(2, both.size());
    JsonNode probabilities = both.get(1).get("probabilities");
    double sum = probabilities.get("bars").asDouble() + probabilities.get("discs").asDouble();
    assertEquals(1, sum, 1e-5);
  }

  /** NaN is larger than nothing, and would be taken for the first class. */
  @Test
  void aModelThatSaysNoNumbersClassifiesNothing() throws IOException {
    run("generate", model, "--count", "1", "--out", "own").done();
    byte[] bytes = withoutChecksum(Files.readAllBytes(Path.of(file)));
    ByteBuffer weights = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    weights.putFloat(bytes.length - Float.BYTES, Float.NaN);
    Files.write(folder.resolve("nan.safetensors"), bytes);
    String line = run("classify", "nan.safetensors", "own/000000.png").refused(1);
    assertTrue(line.contains("logit of an image is NaN: the model has diverged"), line);
    String data = Samples.shapes().toString();
    assertEquals(line, run("evaluate", "nan.safetensors", "--data", data).refused(1));
  }

  /** As one that another program has written. */
  private static byte[] withoutChecksum(byte[] model) {
    String text = new String(model, StandardCharsets.ISO_8859_1);
    assertTrue(text.contains("crc32c"), "it has one");
    return text.replace("crc32c", "crc32x").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Which Java alone cannot read: the jar brings what can. */
  @Test
  void aJpegOfInksIsClassified() throws IOException {
    Files.write(folder.resolve("inks.jpg"), Jpegs.inks(255, 0, 0, 0));
    String text = run("classify", model, "inks.jpg").done().out();
    assertTrue(text.startsWith("inks.jpg: "), text);
  }

  @Test
  void aBadImageIsRefusedByName() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "no image");
    String line = run("classify", model, "notes.txt").refused(1);
    assertTrue(line.contains("notes.txt: neither PNG nor JPEG"), line);
    assertTrue(run("classify", model, "gone.png").refused(1).contains("gone.png: no such file"));
  }

  @Test
  void aPngThatClaimsTooMuchIsRefusedFromItsHeader() throws IOException {
    Samples.writePngHeader(folder.resolve("vast.png"), 100_000, 100_000);
    // Ten gigabytes of grey would not fit.
    String line =
        GanJar.in(folder).withJava("-Xmx64m").run("classify", model, "vast.png").refused(1);
    assertTrue(line.contains("vast.png: its header claims 100000 x 100000 pixels"), line);
  }
}
