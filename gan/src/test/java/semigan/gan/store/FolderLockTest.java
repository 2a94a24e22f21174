package semigan.gan.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir Path folder;

  @Test
  void onlyOneHasItAndTheNextWhenThatIsDone() {
    try (FolderLock first = FolderLock.of(folder)) {
      String message = assertThrows(StoreException.class, () -> FolderLock.of(folder)).getMessage();
      assertEquals(
          folder + ": another command is writing to this folder; wait until it is done, or stop it",
          message);
    }
    FolderLock.of(folder).close();
  }

  @Test
  void itIsTheFoldersByWhateverName() throws IOException {
    Path name = Files.createSymbolicLink(folder.resolve("name"), folder);
    try (FolderLock first = FolderLock.of(folder)) {
      assertThrows(StoreException.class, () -> FolderLock.of(name));
    }
    FolderLock.of(name).close();
  }

  @Test
  void aFolderThatIsNotThereHasNone() {
    Path gone = folder.resolve("gone");
    String message = assertThrows(StoreException.class, () -> FolderLock.of(gone)).getMessage();
    assertEquals(gone + ": no such file or folder", message);
  }
}
