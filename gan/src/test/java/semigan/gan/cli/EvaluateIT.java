package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code evaluate} in the features of a classifier that {@code features} trained. */
@Timeout(300)
class EvaluateIT {
  private static Path classifier;
  private static String hash;

  @TempDir Path folder;

  private final String model = Samples.model().toString();
  private final String data = Samples.shapes().toString();

  /** Its home is the test's folder, and so is the cache of features. */
  private GanJar.Result run(String... arguments) {
    return GanJar.in(folder).withJava("-Duser.home=" + folder).run(arguments);
  }

  /** Trained once for all of these tests. */
  private String classifier() throws IOException {
    synchronized (EvaluateIT.class) {
      if (classifier == null) {
        classifier = Files.createTempDirectory("gan-features").resolve("shapes.safetensors");
        JsonNode made =
            run("features", "--data", data, "--out", classifier.toString(), "--json").json();
        hash = made.get("sha256").asText();
        assertTrue(made.get("builtIn").isNull());
        assertTrue(made.get("accuracy").asDouble() > 0.9, made.toString());
      }
    }
    return classifier.toString();
  }

  /** What it did not learn from is known from the run, not from the folder's place. */
  @Test
  void imagesThatWereMovedAreStillTheRunsOwn() throws IOException {
    Path images = Samples.writeShapes(folder.resolve("shapes"), 20);
    run(Samples.train(images, 3, "--held-out", "20", "--name", "r")).done();
    JsonNode before = run("evaluate", "runs/r", "--json").json();
    Path moved = Files.createDirectories(folder.resolve("elsewhere")).resolve("shapes");
    Files.move(images, moved);
    String line = run("evaluate", "runs/r").refused(2);
    assertTrue(line.contains("--data says where one is that was moved"), line);
    JsonNode after = run("evaluate", "runs/r", "--data", moved.toString(), "--json").json();
    assertTrue(before.has("discriminator"), before.toString());
    assertEquals(before.get("discriminator"), after.get("discriminator"));
  }

  @Test
  void everyMeasureStandsBesideWhatRealImagesReach() throws IOException {
    JsonNode result = run("evaluate", model, "--features", classifier(), "--json").json();
    assertEquals(hash, result.get("features").get("sha256").asText());
    assertEquals(20, result.get("count").asInt());
    JsonNode generated = result.get("generated");
    JsonNode floor = result.get("floor");
    // So little trained, a generator draws nothing like these images, which training images are.
    for (String name : List.of("precision", "recall", "density", "coverage")) {
      double ofGenerated = generated.get(name).asDouble(Double.NaN);
      double ofTraining = floor.get(name).asDouble(Double.NaN);
      assertTrue(ofGenerated >= 0 && ofGenerated < 0.5, name + " is " + ofGenerated);
      assertTrue(ofTraining > 0.5, name + " is " + ofTraining);
      assertTrue(ofTraining <= 1 || name.equals("density"), name + " is " + ofTraining);
    }
    assertTrue(generated.get("kid").asDouble() > floor.get("kid").asDouble());
    JsonNode interval = generated.get("kidInterval");
    assertTrue(interval.get(0).asDouble() <= generated.get("kid").asDouble());
    assertTrue(interval.get(1).asDouble() >= generated.get("kid").asDouble());
    // 20 images have no covariance of 64 features.
    assertFalse(generated.has("fid"));
    assertTrue(result.get("notMeasured").get(0).asText().contains("FID: needs more images"));
    assertEquals(15, result.get("calibration").size());
    assertEquals(20, result.get("classification").get("steps").asInt());
    assertEquals(3, result.get("verdicts").size());
    BufferedImage picture = ImageIO.read(folder.resolve("neighbours.png").toFile());
    assertTrue(picture.getWidth() >= 10 * 32 && picture.getHeight() >= 4 * 32);
  }

  @Test
  void moreImagesHaveAFrechetDistanceAndTheTextSaysOfWhatKind() throws IOException {
    Path many = Samples.writeShapes(folder.resolve("shapes"), 40, 40);
    String text =
        run("evaluate", model, "--data", many.toString(), "--features", classifier()).done().out();
    assertTrue(text.matches("(?s)accuracy: .*\\n  FID +\\d+\\.\\d+ +\\d+\\.\\d+\\n.*"), text);
    assertTrue(text.contains("these are no Inception-FID"), text);
    assertTrue(text.contains(hash), text);
    for (String verdict : List.of("mode collapse", "memorisation", "discriminator overfitting")) {
      assertTrue(text.contains("\n" + verdict + ": "), text);
    }
  }

  @Test
  void fewTrainingImagesLeaveOutTheirMeasures() throws IOException {
    Path few = Samples.writeShapes(folder.resolve("few"), 2, 10);
    JsonNode result =
        run("evaluate", model, "--data", few.toString(), "--features", classifier(), "--json")
            .json();
    assertTrue(result.get("generated").has("density"), result.toString());
    assertFalse(result.get("floor").has("density"), result.toString());
    assertTrue(result.get("notMeasured").toString().contains("mode collapse: needs 6"));
  }

  @Test
  void featuresOfTheSameImagesAreKeptAndADamagedFileIsNotBelieved() throws IOException {
    String[] command = {"evaluate", model, "--features", classifier(), "--json"};
    JsonNode first = run(command).json();
    List<Path> cached = cached();
    assertEquals(2, cached.size(), "test and training images");
    byte[] whole = Files.readAllBytes(cached.get(0));
    byte[] damaged = whole.clone();
    damaged[damaged.length - 300] ^= 1;
    Files.write(cached.get(0), damaged);
    GanJar.Result second = run(command);
    assertTrue(second.err().contains("computed again"), second.err());
    assertEquals(first, second.json());
    assertArrayEquals(whole, Files.readAllBytes(cached.get(0)));
    assertEquals("", run(command).err());
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(".cache/semigan/features"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void withoutAClassifierItSaysHowToGetOne() {
    String text = run("evaluate", model).done().out();
    assertTrue(text.startsWith("accuracy: "), text);
    assertTrue(text.contains("not measured: FID"), text);
    assertTrue(text.contains("'features --data " + data + " --size 32' makes one"), text);
    assertTrue(text.contains("\nmemorisation: "), text);
  }

  @Test
  void aModelWithoutLabelsSkipsWhatNeedsThem() throws IOException {
    GanJar.in(folder)
        .run(
            "train",
            "--data",
            data,
            "--labels",
            "0",
            "--steps",
            "3",
            "--filters",
            "4",
            "--batch",
            "8",
            "--name",
            "plain")
        .done();
    JsonNode result = run("evaluate", "runs/plain", "--features", classifier(), "--json").json();
    assertFalse(result.has("accuracy") || result.has("classification"), result.toString());
    assertTrue(result.get("notMeasured").get(0).asText().contains("the model learnt no labels"));
    assertTrue(result.get("generated").has("kid"));
  }

  @Test
  void aModelThatDrawsNothingIsMeasuredAsAClassifier() throws IOException {
    GanJar.in(folder)
        .run(Samples.train(Samples.shapes(), 3, "--preset", "supervised", "--name", "alone"))
        .done();
    JsonNode result = run("evaluate", "runs/alone", "--features", classifier(), "--json").json();
    assertEquals(20, result.get("testImages").asInt());
    assertEquals(15, result.get("calibration").size());
    assertTrue(result.get("notMeasured").get(0).asText().endsWith("a classifier alone"));
    assertFalse(Files.exists(folder.resolve("neighbours.png")));
  }

  @Test
  void aClassifierOfOtherImagesIsRefused() throws IOException {
    String line = run("evaluate", model, "--data", "glyphs", "--features", classifier()).refused(2);
    assertTrue(line.contains("was trained on 32x32x1 images of 2 classes"), line);
    Path other = Files.writeString(folder.resolve("other.safetensors"), "not one");
    line = run("evaluate", model, "--features", other.toString()).refused(1);
    assertTrue(line.contains("other.safetensors"), line);
    byte[] cut = Files.readAllBytes(Path.of(classifier()));
    Files.write(other, Arrays.copyOf(cut, cut.length - 10));
    line = run("evaluate", model, "--features", other.toString()).refused(1);
    assertTrue(line.contains("other.safetensors"), line);
    assertTrue(
        run("evaluate", model, "--features", "gone.safetensors").refused(1).contains("no such"));
  }

  @Test
  void anotherFileThanTheBuiltInOneIsRefused() throws IOException {
    GanJar.in(folder)
        .run("train", "--steps", "2", "--filters", "4", "--batch", "8", "--name", "g")
        .done();
    String line = run("evaluate", "runs/g", "--features", classifier()).refused(1);
    assertTrue(line.contains("has SHA-256 " + hash + ", expected 786c8362"), line);
  }

  @Test
  void whatCannotBeDoneIsSaidBeforeItIsTried() {
    assertTrue(run("evaluate", model, "--count", "0").refused(2).contains("--count must be"));
    String line = run("evaluate", model, "--neighbours", "none/such.png").refused(2);
    assertTrue(line.contains("there is no folder"), line);
    line = run("features", "--data", "glyphs", "--out", "none/such.safetensors").refused(2);
    assertTrue(line.contains("--out is 'none/such.safetensors' but there is no folder"), line);
    line = run("generate", model, "--out", "none/such.png").refused(2);
    assertTrue(line.contains("--out is 'none/such.png' but there is no folder"), line);
    line = run("evaluate", model, "--neighbours", folder.toString()).refused(2);
    assertTrue(line.endsWith("which is a folder; give a file"), line);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPipeIsNotReplaced() throws Exception {
    new ProcessBuilder("mkfifo", folder.resolve("pipe.png").toString()).start().waitFor();
    String line = run("generate", model, "--out", "pipe.png").refused(2);
    assertTrue(line.contains("no regular file and would be replaced"), line);
  }
}
