package semigan.gan.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 9, 7, 5, 1);

  @TempDir Path folder;

  @Test
  void runsOfTheSameSecondGetFoldersOfTheirOwn() {
    Path runs = folder.resolve("new").resolve("runs");
    var first = RunFolder.create(runs, "glyphs", NOW);
    var second = RunFolder.create(runs, "glyphs", NOW);
    assertEquals(runs.resolve("20260309-070501-glyphs"), first.path());
    assertEquals(runs.resolve("20260309-070501-glyphs-2"), second.path());
  }

  @Test
  void theDataMayBeAPath() {
    var run = RunFolder.create(folder, "../my pictures/cats & dogs/", NOW);
    assertEquals(folder.resolve("20260309-070501-cats-dogs"), run.path());
  }

  @Test
  void everyPlaceInARunCanBeWritten() {
    var run = RunFolder.create(folder.resolve("run"));
    assertEquals(run.path().resolve("samples/000200.png"), run.sample(200));
    for (Path file : new Path[] {run.config(), run.sample(200), run.checkpoints().resolve("a")}) {
      AtomicFiles.write(file, "{}");
    }
    assertEquals(run.path(), RunFolder.open(run.path()).path());
  }

  @Test
  void anExistingFolderOfThatNameIsNotTouched() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("run"));
    Files.writeString(taken.resolve("precious"), "x");
    assertMessage("exists already", () -> RunFolder.create(taken));
    assertEquals("x", Files.readString(taken.resolve("precious")));
    assertTrue(Files.notExists(taken.resolve("samples")));
  }

  @Test
  void aRunOfThatNameIsNotBegunAgain() throws IOException {
    var run = RunFolder.create(folder.resolve("my run"));
    Files.writeString(run.config(), "{}");
    assertMessage(
        "my run exists already; choose another name, or continue it with --resume '" + run.path(),
        () -> RunFolder.create(run.path()));
  }

  /** Where the networks found no room, for instance: nothing would be lost. */
  @Test
  void theFolderOfARunThatEndedBeforeItBeganIsTakenAgain() throws IOException {
    var run = RunFolder.create(folder.resolve("run"));
    Files.writeString(run.log(), "the device is full");
    assertEquals(run.path(), RunFolder.create(run.path()).path());
    Files.createSymbolicLink(folder.resolve("link"), run.path());
    Files.writeString(run.checkpoints().resolve("000001.safetensors"), "x");
    assertMessage("is no run", () -> RunFolder.create(folder.resolve("link")));
    assertMessage("exists already, and is no run", () -> RunFolder.create(run.path()));
  }

  @Test
  void aPathIsOneWordOfACommand() {
    assertEquals("runs/a-1.b", RunFolder.argument(Path.of("runs/a-1.b")));
    assertEquals("'my runs/a'", RunFolder.argument(Path.of("my runs/a")));
    assertEquals("'it'\\''s'", RunFolder.argument(Path.of("it's")));
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("runs"), "a file where a folder is wanted");
    assertMessage("runs", () -> RunFolder.create(file, "glyphs", NOW));
    assertMessage("choose a writable place", () -> RunFolder.create(file.resolve("run")));
  }

  @Test
  void openingSomethingElseSaysWhatItIs() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertMessage("no such run folder", () -> RunFolder.open(folder.resolve("nowhere")));
    assertMessage("is a file, expected a run folder", () -> RunFolder.open(file));
    assertMessage("it has no config.json", () -> RunFolder.open(empty));
  }

  @Test
  void aModelIsAFileOrTheOneInARun() throws IOException {
    var run = RunFolder.create(folder.resolve("run"));
    assertMessage("neither a model file nor a run folder", () -> RunFolder.modelFile(run.path()));
    Files.writeString(run.config(), "{}");
    assertMessage("has not saved its model.safetensors yet", () -> RunFolder.modelFile(run.path()));
    assertMessage("no such model file", () -> RunFolder.modelFile(run.model()));
    Files.writeString(run.model(), "x");
    assertEquals(run.model(), RunFolder.modelFile(run.path()));
    assertEquals(run.model(), RunFolder.modelFile(run.model()));
  }

  private static void assertMessage(String expected, Runnable action) {
    var e = assertThrows(StoreException.class, action::run);
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }
}
