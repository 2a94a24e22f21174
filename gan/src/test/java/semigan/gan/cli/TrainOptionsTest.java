package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import semigan.gan.train.Precision;

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
}
