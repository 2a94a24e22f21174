package semigan.nn.safetensors;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file by a complete one, or not at all. The content goes to a temporary file beside it,
 * reaches the disk, and only then takes the name: a reader sees the old file or the new, also after
 * a crash or a power failure.
 */
public final class AtomicFile {
  /** Writes a file's whole content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes {@code content} to {@code file}, whose folder must exist.
   *
   * @throws FileSystemException if it cannot be written whole, saying which file and why; the old
   *     file, if any, is as it was and no temporary file is left
   */
  public static void write(Path file, Content content) throws FileSystemException {
    Path target = file.toAbsolutePath();
    // Not Files.createTempFile, which would make the result unreadable to everyone else.
    String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + random + ".tmp");
    try {
      if (Files.isDirectory(target)) {
        throw new FileSystemException(file.toString(), null, "it is a folder");
      }
      writeThrough(temporary, content);
      Files.move(temporary, target, ATOMIC_MOVE);
      syncFolder(target.getParent());
    } catch (IOException e) {
      remove(temporary, e);
      throw failure(file, e);
    } catch (RuntimeException | Error e) {
      remove(temporary, e);
      throw e;
    }
  }

  /** Writes all of {@code bytes}, however many calls the channel takes. */
  public static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void writeThrough(Path file, Content content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
      content.writeTo(channel);
      channel.force(true);
    }
  }

  private static void remove(Path temporary, Throwable failure) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static FileSystemException failure(Path file, IOException cause) {
    String reason = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
    if (cause instanceof ClosedByInterruptException) {
      reason = "the thread was interrupted";
    } else if (cause instanceof AccessDeniedException) {
      reason = "permission denied";
    } else if (cause instanceof NoSuchFileException) {
      reason = "its folder does not exist";
    } else if (cause instanceof FileSystemException e && e.getReason() != null) {
      reason = e.getReason();
    }
    var failure =
        new FileSystemException(
            file.toString(),
            null,
            "cannot be written: " + reason + "; what was there before is untouched");
    failure.initCause(cause);
    return failure;
  }

  /** Makes the new name itself durable, where the system can open a folder; else it is a no-op. */
  private static void syncFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot; the content is safe in any case and the name will follow.
    }
  }
}
