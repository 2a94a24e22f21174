package semigan.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import jcuda.JCudaVersion;
import jcuda.LibUtils;

/**
 * JCuda's own libraries, loaded before JCuda does: where that fails, its classes can never be used
 * again in the process, while this tells what is missing and can be tried again.
 */
final class JCudaNatives {
  private JCudaNatives() {}

  /**
   * Loads one; again is harmless.
   *
   * @param binding {@code JCudaDriver}
   * @throws UnsatisfiedLinkError if NVIDIA's half is not found, or the folder does not allow it
   * @throws IOException if it cannot be unpacked
   */
  static void load(String binding) throws IOException {
    String name = LibUtils.createPlatformLibraryName(binding + "-" + JCudaVersion.get());
    String file = LibUtils.createLibraryFileName(name);
    System.load(unpack(file).toString());
  }

  /** To where JCuda itself unpacks, and so finds it; whole, whoever else does so just now. */
  private static Path unpack(String file) throws IOException {
    Path target = folder().resolve(file);
    byte[] content;
    try (InputStream in = JCudaNatives.class.getResourceAsStream("/lib/" + file)) {
      if (in == null) {
        throw new IOException("JCuda has no natives for this system in the program");
      }
      content = in.readAllBytes();
    }
    if (!Files.exists(target) || !Arrays.equals(content, Files.readAllBytes(target))) {
      Path fresh = Files.createTempFile(folder(), "jcuda", ".tmp");
      try {
        Files.write(fresh, content);
        fresh.toFile().setReadable(true, false); // other users of the machine unpack to there too
        Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    }
    return target;
  }

  /** The folder into which they are unpacked. */
  static Path folder() {
    return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
  }
}
