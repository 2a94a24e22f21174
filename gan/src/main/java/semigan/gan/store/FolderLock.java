package semigan.gan.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps everybody else from writing to a folder, where two writers would lose what the other wrote:
 * another process as well as another thread. The system ends the lock when the process ends,
 * however it ends; the file {@code lock}, which is empty, stays, since another one may have opened
 * it. A file system that knows no locks gives none.
 */
public final class FolderLock implements AutoCloseable {
  /**
   * Of this process: the system may end the lock on a file as soon as its process closes the file
   * for the first time, so that it must not even be opened again.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock of a folder that is there.
   *
   * @throws StoreException if another has it, or the folder cannot be written
   */
  public static FolderLock of(Path folder) {
    Path file = folder.toAbsolutePath().normalize().resolve("lock");
    if (!HELD.add(file)) {
      throw refused(folder);
    }
    try {
      return new FolderLock(file, lock(folder));
    } catch (StoreException e) {
      HELD.remove(file);
      throw e;
    }
  }

  private static FileChannel lock(Path folder) {
    Path file = folder.resolve("lock");
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be written: %s".formatted(file, StoreException.reason(e)), e);
    }
    if (isTaken(channel)) {
      close(channel, file);
      throw refused(folder);
    }
    return channel;
  }

  private static boolean isTaken(FileChannel channel) {
    try {
      return channel.tryLock() == null;
    } catch (IOException e) {
      return false; // there are no locks here
    }
  }

  private static StoreException refused(Path folder) {
    return new StoreException(
        "%s: another command is writing to this folder; wait until it is done, or stop it"
            .formatted(folder));
  }

  @Override
  public void close() {
    close(channel, file);
    HELD.remove(file);
  }

  private static void close(FileChannel channel, Path file) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be closed: %s".formatted(file, StoreException.reason(e)), e);
    }
  }
}
