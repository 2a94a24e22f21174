package semigan.gan.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsLogTest {
  private static final long LAST = 100;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("metrics.jsonl");
  }

  @Test
  void recordsAreReadBackInOrderWhileTheLogIsOpen() {
    try (var log = MetricsLog.resume(file, LAST)) {
      log.append(1, Map.of("loss", 0.5));
      log.append(2, Map.of("loss", 0.25, "note", "größe\n"));
      assertEquals(
          List.of(
              Map.of("step", 1, "loss", 0.5), Map.of("step", 2, "loss", 0.25, "note", "größe\n")),
          MetricsLog.read(file));
    }
    assertEquals(List.of(), MetricsLog.read(folder.resolve("none")));
  }

  @Test
  void aRecordIsOneLineOfJsonThatBeginsWithItsStep() throws IOException {
    try (var log = MetricsLog.resume(file, LAST)) {
      log.append(7, Map.of("accuracy", 0.75));
    }
    assertEquals("{\"step\":7,\"accuracy\":0.75}\n", Files.readString(file));
  }

  /** A record cut at any byte: the earlier ones remain, and the next does not run into the rest. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 16, 17, 18, 19, 20, 21, 22})
  void aTornLastLineIsIgnoredAndThenReplaced(int lost) throws IOException {
    try (var log = MetricsLog.resume(file, LAST)) {
      log.append(1, Map.of("note", "a"));
      log.append(2, Map.of("note", "é"));
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - lost));
    // Without its line feed a record is still whole.
    int left = lost == 1 ? 2 : 1;
    assertEquals(left, MetricsLog.read(file).size());
    try (var log = MetricsLog.resume(file, LAST)) {
      log.append(3, Map.of("note", "c"));
    }
    var records = MetricsLog.read(file);
    assertEquals(left + 1, records.size());
    assertEquals(Map.of("step", 3, "note", "c"), records.get(left));
  }

  @Test
  void resumingDropsWhatWasMeasuredLater() {
    try (var log = MetricsLog.resume(file, LAST)) {
      for (int step = 10; step <= 50; step += 10) {
        log.append(step, Map.of());
      }
    }
    try (var log = MetricsLog.resume(file, 30)) {
      log.append(40, Map.of("again", true));
    }
    assertEquals(
        List.of(
            Map.of("step", 10),
            Map.of("step", 20),
            Map.of("step", 30),
            Map.of("step", 40, "again", true)),
        MetricsLog.read(file));
  }

  @Test
  void aDamagedLineInTheMiddleIsNamedAndTheFileKept() throws IOException {
    String text = "{\"step\":1}\nrubbish\n{\"step\":3}\n";
    Files.writeString(file, text);
    var e = assertThrows(StoreException.class, () -> MetricsLog.resume(file, 0));
    assertEquals(file + ", line 2: expected a JSON object, found 'rubbish'", e.getMessage());
    assertEquals(text, Files.readString(file));
  }

  @Test
  void aFullDiskIsNamed() {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "only Linux has /dev/full");
    try (var log = MetricsLog.resume(full, LAST)) {
      var e = assertThrows(StoreException.class, () -> log.append(1, Map.of()));
      assertTrue(
          e.getMessage().startsWith("/dev/full: cannot be written: No space left"), e.getMessage());
    }
  }
}
