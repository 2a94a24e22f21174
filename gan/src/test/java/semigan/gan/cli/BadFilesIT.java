package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Data, models and settings that are missing, damaged or not what they seem: exit code 1 and a
 * line.
 */
@Timeout(300)
class BadFilesIT {
  private static final String LABELS = "train-labels-idx1-ubyte";
  private static final String IMAGES = "train-images-idx3-ubyte";

  @TempDir Path folder;

  private String refusal(String... arguments) {
    String line = GanJar.in(folder).withJava("-Duser.home=" + folder).run(arguments).refused(1);
    assertFalse(Files.exists(folder.resolve("runs")), "a run folder was made");
    return line;
  }

  private String refusedData(String name) {
    return refusal("train", "--data", name, "--data-dir", "data", "--steps", "1");
  }

  @Test
  void missingDataNamesThePlacesAndTheWaysToGetIt() throws IOException {
    Files.createDirectory(folder.resolve("data"));
    String line = refusedData("mnist");
    for (Path place : new Path[] {Path.of("data/mnist"), folder.resolve(".cache/semigan/mnist")}) {
      assertTrue(line.contains(place.toString()), line);
    }
    assertTrue(line.contains("to get it: put train-images-idx3-ubyte"), line);
    String none = refusal("train", "--data", "mnist", "--data-dir", "nowhere");
    assertTrue(none.contains("--data-dir nowhere is no directory"), none);
  }

  @Test
  void anIdxFileIsHeldAgainstWhatItClaims() throws IOException {
    Path data = Samples.writeIdx(folder.resolve("data"));
    byte[] images = Files.readAllBytes(data.resolve(IMAGES));
    byte[] labels = Files.readAllBytes(data.resolve(LABELS));

    Files.write(data.resolve(IMAGES), Arrays.copyOf(images, 5000));
    assertNames(refusedData("mnist"), IMAGES, "5000");

    Files.write(data.resolve(IMAGES), labels);
    assertNames(refusedData("mnist"), IMAGES, "offset 0");

    Files.write(data.resolve(IMAGES), images);
    byte[] eleventh = labels.clone();
    eleventh[8 + 17] = 10;
    Files.write(data.resolve(LABELS), eleventh);
    assertNames(refusedData("mnist"), LABELS, "offset 25 is 10, expected 0 to 9");

    byte[] fewer = ByteBuffer.wrap(Arrays.copyOf(labels, 8 + 30)).putInt(4, 30).array();
    Files.write(data.resolve(LABELS), fewer);
    assertNames(refusedData("mnist"), LABELS, "40 images", "30 labels");

    Files.delete(data.resolve(LABELS));
    assertNames(refusedData("mnist"), LABELS, "is missing");
  }

  @Test
  void aBadImageInAFolderIsSkippedAndTooManyStop() throws IOException {
    Path data = Samples.writeShapes(folder.resolve("shapes"), 100);
    Samples.writePngHeader(data.resolve("train/bars/vast.png"), 100_000, 100_000);
    Files.writeString(data.resolve("train/discs/notes.png"), "no image");
    GanJar.Result result =
        GanJar.in(folder)
            .run(Samples.train(data, 3, "--out", "kept", "--device", "reference"))
            .done();
    assertEquals(1, result.err().lines().count(), result.err());
    assertNames(result.err(), "2 of 222 images are bad and were skipped", "vast.png", "notes.png");

    Files.writeString(data.resolve("train/discs/more.png"), "no image");
    assertNames(
        refusal(Samples.train(data, 3)), "3 of 223 images are bad, more than 1%", "more.png");
  }

  @Test
  void dataThatDoesNotFitTheHeapSaysSo() throws IOException {
    Path data = Samples.writeIdx(folder.resolve("data"));
    int count = 60_000;
    byte[] images = new byte[16 + count * 28 * 28];
    ByteBuffer.wrap(images).putInt(0x803).putInt(count).putInt(28).putInt(28);
    Files.write(data.resolve(IMAGES), images);
    String[] train = {"train", "--data", "mnist", "--data-dir", "data"};
    GanJar small = GanJar.in(folder).withJava("-Xmx24m");
    assertTrue(
        small.run(train).refused(1).contains("the Java heap is full; raise it with java -Xmx"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"labels": 10, "labels": 20}   | , line 1: Duplicate field 'labels'
          {"labels":                     | , line 1: Unexpected end-of-input
          {"labels": 10} {"labels": 20}  | , line 1: Trailing token
          [100]                          | : expected a JSON object
          """)
  void aConfigFileThatIsNoJsonObjectIsRefused(String text, String expected) throws IOException {
    Files.writeString(folder.resolve("c.json"), text);
    String line = refusal("train", "--config", "c.json", "--steps", "1");
    assertTrue(line.startsWith("gan: c.json" + expected), line);
  }

  /** A name that is half read would put a file on another side, or a class under another name. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void namesThatTheLanguageSettingsDoNotKnowAreRefused() {
    Samples.writeShapes(folder.resolve("shapes"), 20);
    String before =
        "export LC_ALL=C && mv shapes/train/bars/0.png \"shapes/train/bars/$(printf 'b\\303\\244r').png\"";
    String line =
        GanJar.in(folder)
            .runAfter(before, Samples.train(Path.of("shapes"), 1, "--device", "reference"))
            .refused(1);
    assertTrue(line.endsWith("language settings do not know; set LC_ALL=C.UTF-8"), line);
  }

  @Test
  void aRunInProgressIsNoModelYet() throws IOException {
    Path run = Files.createDirectory(folder.resolve("early"));
    Files.writeString(run.resolve("config.json"), "{}");
    assertNames(
        refusal("evaluate", "early"), "early is a run that has not saved", "--resume early");
    Files.delete(run.resolve("config.json"));
    assertNames(refusal("generate", "early"), "neither a model file nor a run folder");
  }

  @Test
  void aDamagedModelIsRefused() throws IOException {
    byte[] model = Files.readAllBytes(Samples.model().resolve("model.safetensors"));
    Path bad = folder.resolve("bad.safetensors");

    Files.write(bad, Arrays.copyOf(model, model.length / 2));
    assertNames(refusal("generate", bad.toString()), "bad.safetensors");

    byte[] lying = model.clone();
    ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1L << 40);
    Files.write(bad, lying);
    assertNames(refusal("evaluate", bad.toString()), "bad.safetensors", "1099511627776");

    Files.writeString(bad, "no model at all");
    assertNames(refusal("classify", bad.toString(), "x.png"), "bad.safetensors");
  }

  @Test
  void weightsOfAnotherArchitectureNameTheFirstTensorThatDiffers() throws IOException {
    Files.write(folder.resolve("other.safetensors"), edited("filters\\\":4", "filters\\\":8"));
    String line = refusal("generate", "other.safetensors");
    assertNames(line, "'generator.0.weight' is F32 [256,100]", "F32 [512,100] in the model");
    assertNames(line, "the weights of another architecture");
  }

  @Test
  void aModelThatThisVersionDoesNotKnowIsRefused() throws IOException {
    Files.write(folder.resolve("other.safetensors"), edited("dcgan", "vqgan"));
    assertNames(
        refusal("generate", "other.safetensors"),
        "unknown model 'vqgan'; there are dcgan, conv, mlp");
    Files.write(folder.resolve("other.safetensors"), edited("semigan.model", "semigan.motel"));
    assertNames(refusal("generate", "other.safetensors"), "is no semigan model");
  }

  @Test
  void aDirectoryInTheWayOfAnImageIsSaid() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    String model = Samples.model().toString();
    assertNames(refusal("generate", model, "--out", "file"), "file: it exists and is not a folder");
    assertEquals("x", Files.readString(folder.resolve("file")));
  }

  /**
   * The model's file with {@code from} replaced by {@code to}, of the same length, and without a
   * checksum of its header.
   */
  private static byte[] edited(String from, String to) throws IOException {
    byte[] bytes = Files.readAllBytes(Samples.model().resolve("model.safetensors"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertTrue(text.contains(from), "the header says " + from);
    return text.replace(from, to)
        .replace("crc32c.header", "crc32x.header")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void assertNames(String line, String... expected) {
    for (String part : expected) {
      assertTrue(line.contains(part), () -> "'" + part + "' in: " + line);
    }
  }
}
