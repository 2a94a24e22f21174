package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;
import semigan.gan.image.ImageGrid;
import semigan.gan.store.EventReader;
import semigan.gan.store.MetricsLog;
import semigan.gan.store.RunFolder;

class RunRecorderTest {
  @TempDir Path parent;
  private RunFolder folder;
  private final List<String> heard = new ArrayList<>();
  private final TrainingListener listener =
      new TrainingListener() {
        @Override
        public void step(long step, long steps, StepLosses losses, double imagesPerSecond) {}

        @Override
        public void message(String line) {
          heard.add(line);
        }
      };

  @BeforeEach
  void makeTheFolder() {
    folder = RunFolder.create(parent.resolve("run"));
  }

  @Test
  void aMeasurementGoesIntoTheMetricsAndToTensorBoard() throws IOException {
    Map<String, Double> values =
        Map.of("lossReal", 0.5, "gradientNormGenerator", 2.0, "imagesPerSecond", 700.0);
    try (var recorder = new RunRecorder(folder, 0, listener)) {
      recorder.record(20, values);
    }
    Map<String, Object> record = MetricsLog.read(folder.metrics()).get(0);
    assertEquals(20, record.remove("step"));
    assertEquals(values, record);
    Event event = events().get(2);
    assertEquals(20, event.getStep());
    assertEquals(
        Map.of("loss/real", 0.5f, "gradientNorm/generator", 2f, "imagesPerSecond", 700f),
        event.getSummary().getValueList().stream()
            .collect(Collectors.toMap(Summary.Value::getTag, Summary.Value::getSimpleValue)));
    assertEquals(List.of(), heard);
  }

  @Test
  void aPictureGoesToTensorBoardAsItIs() throws IOException {
    Path png = folder.sample(100);
    ImageGrid.write(png, new float[4 * 9], 4, 3, 3, 1, 2);
    try (var recorder = new RunRecorder(folder, 0, listener)) {
      recorder.picture(100, "samples", png);
    }
    Summary.Value value = events().get(2).getSummary().getValue(0);
    assertEquals("samples", value.getTag());
    assertArrayEquals(
        Files.readAllBytes(png), value.getImage().getEncodedImageString().toByteArray());
  }

  /** The second session does steps 421 to 1,000 again; 500 steps are enough for the warning. */
  @Test
  void aWarningIsRecordedAndSaidOnceHoweverOftenTheRunGoesOn() throws IOException {
    record(0, 480);
    assertEquals(List.of(), heard);
    record(420, 1000);
    record(1000, 2000);
    assertEquals(1, heard.size());
    String start = "step 500: ";
    assertTrue(heard.get(0).startsWith(start + "warning: "), heard.get(0));
    String warning = heard.get(0).substring((start + "warning: ").length());
    assertEquals(List.of(start + warning), MetricsLog.warnings(folder.metrics()));
    assertEquals(100 + 1, MetricsLog.read(folder.metrics()).size());
    assertEquals(
        Set.of(1L, 421L, 1001L),
        EventReader.files(folder.path()).stream().map(this::start).collect(Collectors.toSet()));
  }

  /** A run that ended before its first checkpoint begins again, and so does its log. */
  @Test
  void whatWasDoneWithoutACheckpointIsForgotten() {
    record(0, 100);
    record(0, 40);
    assertEquals(2, MetricsLog.read(folder.metrics()).size());
  }

  private void record(long first, long last) {
    try (var recorder = new RunRecorder(folder, first, listener)) {
      for (long step = first + 20; step <= last; step += 20) {
        recorder.record(step, Map.of("scoreReal", 1.0, "scoreFake", 0.0));
      }
    }
  }

  private List<Event> events() throws IOException {
    return EventReader.read(EventReader.files(folder.path()).get(0));
  }

  private long start(Path file) {
    try {
      return EventReader.read(file).get(1).getStep();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
