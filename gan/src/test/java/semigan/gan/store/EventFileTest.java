package semigan.gan.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;
import semigan.gan.image.ImageGrid;

class EventFileTest {
  @TempDir Path folder;

  @Test
  void aFileBeginsWithItsVersionAndTheStepFromWhichItHolds() throws IOException {
    double before = System.currentTimeMillis() / 1e3;
    EventFile.create(folder, 301).close();
    List<Event> events = EventReader.read(files().get(0));
    assertEquals(2, events.size());
    assertEquals("brain.Event:2", events.get(0).getFileVersion());
    assertEquals(SessionLog.SessionStatus.START, events.get(1).getSessionLog().getStatus());
    assertEquals(301, events.get(1).getStep());
    double wrote = events.get(1).getWallTime();
    assertTrue(wrote >= before && wrote <= System.currentTimeMillis() / 1e3, wrote + " s");
  }

  @Test
  void numbersAreReadWhileTheFileIsOpen() throws IOException {
    var values = new LinkedHashMap<String, Double>();
    values.put("loss/real", 0.25);
    values.put("größe", -1e-30);
    values.put("loss/fake", Double.NaN);
    long late = 5_000_000_000L;
    try (var events = EventFile.create(folder, 1)) {
      events.scalars(late, values);
      Event event = EventReader.read(files().get(0)).get(2);
      assertEquals(late, event.getStep());
      Map<String, Float> found =
          event.getSummary().getValueList().stream()
              .collect(Collectors.toMap(Summary.Value::getTag, Summary.Value::getSimpleValue));
      assertEquals(Map.of("loss/real", 0.25f, "größe", -1e-30f, "loss/fake", Float.NaN), found);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aPictureIsReadWithItsSize(int channels) throws IOException {
    Path png = folder.resolve("grid.png");
    ImageGrid.write(png, new float[6 * 30 * 20 * channels], 6, 30, 20, channels, 3, 1);
    try (var events = EventFile.create(folder, 1)) {
      events.image(100, "samples", Files.readAllBytes(png));
    }
    Event event = EventReader.read(files().get(0)).get(2);
    assertEquals(100, event.getStep());
    Summary.Value value = event.getSummary().getValue(0);
    assertEquals("samples", value.getTag());
    assertEquals(2 + 2 * 32, value.getImage().getHeight());
    assertEquals(2 + 3 * 22, value.getImage().getWidth());
    assertEquals(channels, value.getImage().getColorspace());
    assertArrayEquals(
        Files.readAllBytes(png), value.getImage().getEncodedImageString().toByteArray());
  }

  /** The names decide the order in which files are read, whatever the clock says. */
  @Test
  void aRunThatGoesOnBeginsAFileBehindTheOthers() throws IOException {
    Files.createFile(folder.resolve("events.out.tfevents.9000000000.semigan"));
    Files.createFile(folder.resolve("events.out.tfevents.odd"));
    EventFile.create(folder, 1).close();
    EventFile.create(folder, 21).close();
    assertEquals(
        List.of("9000000000.semigan", "9000000001.semigan", "9000000002.semigan", "odd"),
        files().stream()
            .map(file -> file.getFileName().toString().replace("events.out.tfevents.", ""))
            .toList());
    assertEquals(21, EventReader.read(files().get(2)).get(1).getStep());
  }

  /** However much of the last record was lost, the earlier ones are whole. */
  @Test
  void aRecordCutShortHidesNoOther() throws IOException {
    long before;
    try (var events = EventFile.create(folder, 1)) {
      events.scalars(20, Map.of("loss", 0.5));
      before = Files.size(files().get(0));
      events.scalars(40, Map.of("loss", 0.25));
    }
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    for (int length = (int) before; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      List<Event> events = EventReader.read(file);
      assertEquals(3, events.size(), length + " bytes");
      assertEquals(20, events.get(2).getStep());
    }
  }

  @Test
  void aFolderThatIsMissingIsNamed() {
    Path missing = folder.resolve("missing");
    var e = assertThrows(StoreException.class, () -> EventFile.create(missing, 1));
    assertEquals(missing + ": cannot be listed: no such file or folder", e.getMessage());
  }

  private List<Path> files() throws IOException {
    return EventReader.files(folder);
  }
}
