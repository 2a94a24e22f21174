package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that are not allowed: exit code 2, a line with what is, and nothing left behind. */
@Timeout(300)
class WrongUsageIT {
  @TempDir Path folder;

  private String refusal(String... arguments) {
    String line = GanJar.in(folder).run(arguments).refused(2);
    assertFalse(Files.exists(folder.resolve("runs")), "a run folder was made");
    return line;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --labels 7             | labels is 7, expected a multiple of the 10 classes from 10 to 20000
          --name a/b             | --name is 'a/b', expected the name of a folder in --out
          --name ..              | --name is '..', expected the name of a folder in --out
          --resume a --name b    | leave out --name and --out
          --resume a --out b     | leave out --name and --out
          --teacher ,            | --teacher names no run
          --labels -10           | labels must not be negative but are -10
          --labels 1000000       | labels is 1000000, expected at most
          --held-out 50000       | heldOut is 50000, expected at most 20000
          --batch 0              | batch must be positive but is 0
          --batch -8             | batch must be positive but is -8
          --batch 1              | batch must be at least 2
          --batch 30000          | which has 20000 training images; --batch can be at most that
          --labelled-batch 0     | labelledBatch must be positive but is 0
          --size 0               | size must be 32 or 64 but is 0
          --size -32             | size must be 32 or 64 but is -32
          --filters 0            | filters must be positive but is 0
          --latent -1            | latent must not be negative but is -1
          --steps 0              | steps must be positive but is 0
          --epochs -1            | epochs must be positive but is -1
          --epochs 1 --steps 5   | --epochs and --steps both say how long to train
          --sample-every 0       | sampleEvery must be positive but is 0
          --rate 0               | Rate must be positive but is 0
          --rate NaN             | Rate must be positive but is NaN
          --shift -1             | shift must not be negative but is -1
          --threads 0            | --threads is 0, expected 1 or more
          --device gpu           | unknown device 'gpu'; there are auto
          --data cifar           | no data set is called 'cifar'
          --generator-loss funny | expected one of adversarial, feature-matching, both but was 'funny'
          --augment blur         | expected one of translation, cutout, colour but was 'blur'
          --augment cutout,none  | expected one of translation, cutout, colour but was 'none'
          --augment cutout,      | expected one of translation, cutout, colour but was ''
          --batch many           | '--batch': 'many' is not an int
          --baseline --labels 0  | --baseline trains on labelled images but --labels is 0
          """)
  void settingsOutOfRangeSayWhatIsAllowed(String options, String expected) {
    String line = refusal(("train " + options).split(" "));
    assertTrue(line.contains(expected), line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"lables": 100}              | there is no setting 'lables'; there are data, dataDir, labels
          {"labels": "100"}            | labels is "100", expected a whole number
          {"labels": 10.5}             | labels is 10.5, expected a whole number
          {"labels": 99999999999}      | labels is 99999999999, expected a whole number
          {"flip": 1}                  | flip is 1, expected true or false
          {"beta1": null}              | beta1 is null, expected a number
          {"steps": 5, "epochs": 2}    | steps and epochs stand for each other; give one of them
          {"beta1": 1.5}               | beta1 must be between 0 and 1 but is 1.5
          {"data": 5}                  | data is 5, expected a text in quotes
          {"teacher": [5]}             | teacher is [5], expected a list of texts in quotes
          {"generatorLoss": "none"}    | generatorLoss is "none", expected one of adversarial, feature-matching, both
          {"augment": "cutout"}        | augment is "cutout", expected a list of any of translation, cutout, colour
          {"augment": ["blur"]}        | augment is ["blur"], expected a list of any of translation, cutout, colour
          {"augment": [1]}             | augment is [1], expected a list of any of translation, cutout, colour
          """)
  void aBadConfigFileIsRefused(String json, String expected) throws IOException {
    Files.writeString(folder.resolve("c.json"), json);
    String line = refusal("train", "--config", "c.json", "--steps", "1");
    assertTrue(line.startsWith("gan: c.json") || line.startsWith("gan: beta1"), line);
    assertTrue(line.contains(expected), line);
  }

  @Test
  void anUnknownModelSaysWhatIsExpected() {
    String line = refusal("generate", "runs/first");
    assertTrue(line.contains("there is no 'runs/first'; expected the folder of a run"), line);
  }

  @Test
  void drawingSaysWhatIsAllowed() {
    String model = Samples.model().toString();
    assertTrue(refusal("generate", model, "--count", "0").contains("--count must be positive"));
    String line = refusal("generate", model, "--count", "20000", "--out", "grid.png");
    assertTrue(line.contains("a grid holds at most 10000 images; give --out a folder"), line);
    line = refusal("generate", model, "--class", "circles");
    assertTrue(line.contains("no class 'circles'; it has bars, discs, or 0 to 1"), line);
    assertTrue(refusal("generate", model, "--class", "2").contains("no class '2'"));
  }

  @Test
  void aModelIsNotMeasuredOnImagesOfAnotherSize() {
    String line = refusal("evaluate", Samples.model().toString(), "--data", "glyphs");
    assertTrue(
        line.contains("trained on 32x32x1 images of 2 classes, but glyphs has 28x28x1"), line);
  }

  @Test
  void theStackIsShownOnlyWhenAskedFor() {
    GanJar.Result result = GanJar.in(folder).run("train", "--labels", "7", "--verbose");
    assertEquals(2, result.exit());
    assertTrue(result.err().startsWith("gan: labels is 7"), result.err());
    assertTrue(result.err().contains("\tat semigan.gan.data.LabelSplit"), result.err());
  }
}
