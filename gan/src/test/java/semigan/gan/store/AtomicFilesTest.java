package semigan.gan.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path folder;

  @Test
  void aReaderNeverSeesHalfAFile() throws Exception {
    Path file = folder.resolve("config.json");
    String small = "a".repeat(10);
    String large = "b".repeat(3_000_000);
    AtomicFiles.write(file, small);
    var done = new AtomicBoolean();
    var writer =
        new Thread(
            () -> {
              for (int i = 0; i < 20; i++) {
                AtomicFiles.write(file, i % 2 == 0 ? large : small);
              }
              done.set(true);
            });
    writer.start();
    while (!done.get() && writer.isAlive()) {
      int length = Files.readString(file).length();
      assertTrue(length == small.length() || length == large.length(), () -> length + " bytes");
    }
    writer.join();
    assertTrue(done.get());
    assertEquals(List.of(file), filesIn(folder));
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path under = file.resolve("config.json");
    var e = assertThrows(StoreException.class, () -> AtomicFiles.write(under, "{}"));
    assertTrue(e.getMessage().startsWith(under + ": cannot be written"), e.getMessage());
    assertEquals("x", Files.readString(file));
  }

  @Test
  void aLinkStaysAndWhatItLeadsToIsReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
    AtomicFiles.write(link, "y");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("y", Files.readString(file));
  }

  @Test
  void settingsComeBackAsTheyWere() {
    record Settings(String data, int labels, double rate) {}
    Path file = folder.resolve("config.json");
    var settings = new Settings("glyphs", 100, 2e-4);
    JsonFile.write(file, settings);
    assertEquals(settings, JsonFile.read(file, Settings.class));
  }

  @Test
  void damagedSettingsAreNamedWithTheLine() throws IOException {
    record Settings(int labels) {}
    Path file = folder.resolve("config.json");
    Files.writeString(file, "{\n\"labels\": \"many\"}");
    var wrong = assertThrows(StoreException.class, () -> JsonFile.read(file, Settings.class));
    assertTrue(wrong.getMessage().startsWith(file + ", line 2: "), wrong.getMessage());
    Files.writeString(file, "{\"labels\": 1, \"lables\": 2}");
    var unknown = assertThrows(StoreException.class, () -> JsonFile.read(file, Settings.class));
    assertTrue(unknown.getMessage().contains("lables"), unknown.getMessage());
    var missing =
        assertThrows(
            StoreException.class, () -> JsonFile.read(folder.resolve("no"), Settings.class));
    assertTrue(missing.getMessage().contains("no such file"), missing.getMessage());
  }

  @Test
  void theEnvironmentCanBeWrittenAndNamesWhatMatters() throws IOException {
    Path file = folder.resolve("environment.json");
    JsonFile.write(file, Environment.describe(List.of("cpu: oneDNN 3.11, 2 threads")));
    String text = Files.readString(file);
    for (String expected :
        List.of("oneDNN 3.11", System.getProperty("java.version"), "\"processors\"", "\"os\"")) {
      assertTrue(text.contains(expected), text);
    }
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
