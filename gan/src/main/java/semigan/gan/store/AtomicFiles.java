package semigan.gan.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import semigan.nn.safetensors.AtomicFile;

/** Small files written whole or not at all; a failure leaves what was there before. */
public final class AtomicFiles {
  private AtomicFiles() {}

  /**
   * Replaces {@code file} by {@code text} in UTF-8. The folder must exist.
   *
   * @throws StoreException if it cannot be written, for instance because the disk is full
   */
  public static void write(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #write(Path, String)}, for bytes. */
  public static void write(Path file, byte[] bytes) {
    try {
      AtomicFile.write(file, channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(bytes)));
    } catch (IOException e) {
      throw new StoreException(e.getMessage(), e);
    }
  }
}
