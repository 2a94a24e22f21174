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
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

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

  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9a-f]{1,16}\\.tmp");

  private AtomicFile() {}

  /**
   * Writes {@code content} to {@code file}, whose folder must exist; behind a link, to what it
   * leads to.
   *
   * @throws FileSystemException if it cannot be written whole, saying which file and why; the old
   *     file, if any, is as it was and no temporary file is left
   */
  public static void write(Path file, Content content) throws FileSystemException {
    Path target = behindLinks(file);
    // Not Files.createTempFile, which would make the result unreadable to everyone else.
    String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + random + ".tmp");
    try {
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        throw new FileSystemException(
            file.toString(),
            null,
            Files.isDirectory(target) ? "it is a folder" : "it is no regular file");
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

  /**
   * Deletes the temporary files that processes left in a folder when they were killed. Nobody else
   * may be writing there.
   *
   * @throws IOException if the folder cannot be listed, or a file not deleted
   */
  public static void removeLeftovers(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".?*.tmp")) {
      for (Path file : files) {
        if (TEMPORARY.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static Path behindLinks(Path file) throws FileSystemException {
    try {
      return Files.isSymbolicLink(file) && Files.exists(file)
          ? file.toRealPath()
          : file.toAbsolutePath();
    } catch (IOException e) {
      throw failure(file, e);
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
