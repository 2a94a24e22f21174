package semigan.gan.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps everybody else from writing to a folder, where two writers would lose what the other wrote:
 * another process as well as another thread. The system ends the lock when the process ends,
 * however it ends; the file {@code lock}, which is empty, stays, since another one may have opened
 * it. A file system that knows no locks gives none.
 */
public final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a folder that is there.
   *
   * @throws StoreException if another has it, or the folder cannot be written
   */
  public static FolderLock of(Path folder) {
    Path file = folder.resolve("lock");
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be written: %s".formatted(file, StoreException.reason(e)), e);
    }
    FolderLock lock = new FolderLock(channel);
    if (!lock.isTaken()) {
      lock.close();
      throw new StoreException(
          "%s: another command is writing to this folder; wait until it is done, or stop it"
              .formatted(folder));
    }
    return lock;
  }

  private boolean isTaken() {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return true; // there are no locks here
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StoreException("the lock of a folder: %s".formatted(e.getMessage()), e);
    }
  }
}
