package semigan.gan.cli;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import semigan.gan.train.DataSettings;
import semigan.gan.train.Precision;
import semigan.gan.train.TrainConfig;

class TrainOptionsTest {
  /** In BF16 the generator of feature matching dies. */
  @ParameterizedTest
  @CsvSource({
    "bf16, dcgan-ssl-fashion, BF16",
    "bf16, supervised-fashion, BF16",
    "bf16, feature-matching-fashion, F32",
    "bf16, feature-matching-short, F32",
    "bf16, bad-gan, F32",
    "f32, dcgan-ssl-fashion, F32"
  })
  void aTeacherHasItsPupilsPrecisionUnlessItsPresetNeedsAnother(
      String pupils, String preset, Precision expected) {
    var options = new TrainOptions();
    CommandLine.populateCommand(
        options, "--preset", "conv-ssl-fashion", "--data", "glyphs", "--precision", pupils);
    options.taughtBy(List.of(Path.of("teacher")));
    var teacher = options.resolve(null).teacher(preset);
    assertEquals(expected, teacher.run().precision());
  }

  /** As editors and shells of Windows write them. */
  @Test
  void aConfigFileMayBeOfAnyUnicode(@TempDir Path folder) throws IOException {
    String text = "\ufeff{\"filters\": 7}";
    for (Charset charset : List.of(UTF_8, UTF_16LE, UTF_16BE)) {
      Path file = Files.write(folder.resolve("config.json"), text.getBytes(charset));
      assertEquals(7, ConfigFile.read(file).get("filters").asInt(), charset.name());
    }
  }

  /** The working directory may be another when the run goes on. */
  @Test
  void aFolderIsNamedInFull() {
    Path shapes = Samples.shapes().toAbsolutePath();
    Path relative = Path.of("").toAbsolutePath().relativize(shapes);
    assertEquals(shapes.toString(), resolved(relative.toString()).data());
    assertEquals("glyphs", resolved("glyphs").data());
  }

  /** Of 20 images of each class. */
  @ParameterizedTest
  @CsvSource({"0, 40", "10, 30", "38, 2"})
  void ofAFolderAllLabelsAreLearntFromButThoseHeldOut(int heldOut, int expected) {
    String folder = Samples.shapes().toString();
    assertEquals(expected, resolved(folder, "--held-out", "" + heldOut).labels());
    assertEquals(6, resolved(folder, "--held-out", "" + heldOut, "--labels", "6").labels());
    assertEquals(100, resolved("glyphs", "--held-out", "" + heldOut).labels());
  }

  @Test
  void aFolderOfOneClassIsLearntFromWithoutLabels(@TempDir Path folder) throws IOException {
    Samples.writeShapes(folder, 20);
    Samples.delete(folder.resolve("train/bars"));
    Samples.delete(folder.resolve("test/bars"));
    assertEquals(0, resolved(folder.toString()).labels());
  }

  @Test
  void aBatchIsNoLargerThanTheData() {
    assertEquals(40, config(Samples.shapes().toString()).learning().batch());
    assertEquals(30, config(Samples.shapes().toString(), "--held-out", "10").learning().batch());
    assertEquals(64, config("glyphs").learning().batch());
    String[] recipe = {"--preset", "supervised-fashion", "--held-out", "10"};
    assertEquals(30, config(Samples.shapes().toString(), recipe).learning().batch());
    var teacher = options(Samples.shapes().toString(), recipe).resolve(null).teacher("conv-ssl");
    assertEquals(30, teacher.learning().batch());
    assertEquals(50, config(Samples.shapes().toString(), "--batch", "50").learning().batch());
  }

  private static DataSettings resolved(String data, String... more) {
    return config(data, more).images();
  }

  private static TrainConfig config(String data, String... more) {
    return options(data, more).resolve(null).config();
  }

  private static TrainOptions options(String data, String... more) {
    var options = new TrainOptions();
    List<String> arguments = new ArrayList<>(List.of("--data", data));
    arguments.addAll(List.of(more));
    CommandLine.populateCommand(options, arguments.toArray(String[]::new));
    return options;
  }
}
