package semigan.kernels.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Compiled kernels in a folder, to be found at the next start. A file is the SHA-256 of the rest,
 * then the rest, so that one that was cut short or changed counts for nothing. Where the folder
 * cannot be written nothing is kept.
 */
final class KernelCache {
  private static final int DIGEST = 32;

  private final Path folder;

  KernelCache(Path folder) {
    this.folder = folder;
  }

  /** What was kept under a name; null without it, or if it is not whole. */
  byte[] find(String name) {
    try {
      byte[] file = Files.readAllBytes(folder.resolve(name));
      if (file.length > DIGEST) {
        byte[] content = Arrays.copyOfRange(file, DIGEST, file.length);
        return Arrays.equals(digest(content), Arrays.copyOf(file, DIGEST)) ? content : null;
      }
    } catch (IOException e) {
      // It is compiled again.
    }
    return null;
  }

  /** Keeps it in place of whatever has the name; readers see the one or the other. */
  void keep(String name, byte[] content) {
    try {
      Files.createDirectories(folder);
      Path fresh = Files.createTempFile(folder, "compiled", ".tmp");
      try {
        byte[] file = Arrays.copyOf(digest(content), DIGEST + content.length);
        System.arraycopy(content, 0, file, DIGEST, content.length);
        Files.write(fresh, file);
        Files.move(
            fresh,
            folder.resolve(name),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      // The kernels work all the same; the next start compiles them again.
    }
  }

  static byte[] digest(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
