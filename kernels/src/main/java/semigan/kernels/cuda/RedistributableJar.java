package semigan.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The jar of NVIDIA's libraries that JavaCPP's presets for CUDA redistribute ({@code
 * org.bytedeco:cuda}, classifier {@code linux-x86_64-redist}), where it is on the class path. It
 * holds more than we use: what we do is unpacked once, into a folder named after its contents.
 */
final class RedistributableJar {
  private static final String LINUX = "/org/bytedeco/cuda/linux-x86_64/";
  private static final String WINDOWS = "/org/bytedeco/cuda/windows-x86_64/";

  private RedistributableJar() {}

  /**
   * The folder with the unpacked libraries.
   *
   * @param cache where to unpack
   * @return null if the jar is not on the class path
   * @throws IOException if it cannot be unpacked
   */
  static Path unpacked(Path cache) throws IOException {
    String folder = System.getProperty("os.name").startsWith("Windows") ? WINDOWS : LINUX;
    URL library = RedistributableJar.class.getResource(folder + CudaLibrary.CUBLAS.file());
    return library == null ? null : unpacked(library, folder.substring(1), cache);
  }

  /** As above, from the jar that holds {@code library}, whose libraries lie in {@code folder}. */
  static Path unpacked(URL library, String folder, Path cache) throws IOException {
    URLConnection connection = library.openConnection();
    if (!(connection instanceof JarURLConnection inJar)) {
      return null; // unpacked by somebody else, who then knows where
    }
    JarFile jar = inJar.getJarFile();
    List<JarEntry> wanted = wanted(jar, folder);
    Path target = cache.resolve("cuda-redist-" + key(wanted));
    if (!Files.isDirectory(target)) {
      Files.createDirectories(cache);
      Path fresh = Files.createTempDirectory(cache, "unpacking");
      try {
        for (JarEntry entry : wanted) {
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, fresh.resolve(entry.getName().substring(folder.length())));
          }
        }
        moveUnlessThere(fresh, target);
      } finally {
        delete(fresh);
      }
    }
    return target;
  }

  /** Another process may have been faster. */
  private static void moveUnlessThere(Path fresh, Path target) throws IOException {
    try {
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(target)) {
        throw e;
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static List<JarEntry> wanted(JarFile jar, String folder) {
    List<String> names = new ArrayList<>();
    for (CudaLibrary library : CudaLibrary.values()) {
      if (library.isRedistributable()) {
        names.add(folder + library.family());
      }
    }
    return jar.stream()
        .filter(entry -> !entry.isDirectory())
        .filter(entry -> names.stream().anyMatch(entry.getName()::startsWith))
        .filter(entry -> entry.getName().indexOf('/', folder.length()) < 0)
        .sorted(Comparator.comparing(JarEntry::getName))
        .toList();
  }

  private static String key(List<JarEntry> entries) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (JarEntry entry : entries) {
        String line = "%s %d %d\n".formatted(entry.getName(), entry.getSize(), entry.getCrc());
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
