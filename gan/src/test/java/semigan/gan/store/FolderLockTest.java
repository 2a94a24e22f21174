package semigan.gan.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
  void aFolderThatIsNotThereHasNone() {
    Path gone = folder.resolve("gone");
    String message = assertThrows(StoreException.class, () -> FolderLock.of(gone)).getMessage();
    assertEquals(gone.resolve("lock") + ": cannot be written: no such file or folder", message);
  }
}
