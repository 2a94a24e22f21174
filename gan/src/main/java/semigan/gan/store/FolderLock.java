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

  private final Path place;
  private final FileChannel channel;

  private FolderLock(Path place, FileChannel channel) {
    this.place = place;
    this.channel = channel;
  }

  /**
   * Takes the lock of a folder that is there.
   *
   * @throws StoreException if another has it, or the folder cannot be written
   */
  public static FolderLock of(Path folder) {
    Path place = place(folder);
    if (!HELD.add(place)) {
      throw refused(folder);
    }
    try {
      return new FolderLock(place, lock(folder));
    } catch (StoreException e) {
      HELD.remove(place);
      throw e;
    }
  }

  /** The same for every name that a folder goes by. */
  private static Path place(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new StoreException("%s: %s".formatted(folder, StoreException.reason(e)), e);
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
      close(channel, folder);
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
    close(channel, place);
    HELD.remove(place);
  }

  private static void close(FileChannel channel, Path folder) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StoreException(
          "%s: its lock cannot be closed: %s".formatted(folder, StoreException.reason(e)), e);
    }
  }
}
