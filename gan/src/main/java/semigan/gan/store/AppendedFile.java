package semigan.gan.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import semigan.nn.safetensors.AtomicFile;

/**
 * A file that grows by whole records. A record reaches the operating system before {@link #append}
 * returns, so a killed process loses none; one that a crash cut short is the last.
 */
final class AppendedFile implements Closeable {
  private final Path file;
  private final FileChannel channel;

  /**
   * @param creation {@link StandardOpenOption#CREATE} or {@link StandardOpenOption#CREATE_NEW}
   * @throws StoreException if it cannot be opened
   */
  AppendedFile(Path file, OpenOption creation) {
    this.file = file;
    try {
      channel =
          FileChannel.open(file, creation, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be opened: %s".formatted(file, StoreException.reason(e)), e);
    }
  }

  /**
   * Adds a record.
   *
   * @throws StoreException if it cannot be written whole; what was there before is intact
   */
  void append(byte[] record) {
    try {
      long end = channel.size();
      try {
        AtomicFile.writeFully(channel, ByteBuffer.wrap(record));
      } catch (IOException e) {
        truncate(end, e);
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be written: %s; what was there before is untouched"
              .formatted(file, StoreException.reason(e)),
          e);
    }
  }

  /** Takes back the part of a record that still fitted on the disk. */
  private void truncate(long end, IOException failure) {
    try {
      channel.truncate(end);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be closed: %s".formatted(file, StoreException.reason(e)), e);
    }
  }
}
