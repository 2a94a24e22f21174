package semigan.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The CUDA sources that this library carries. */
final class KernelSources {
  /** What every source includes. */
  static final String HEADER = "common.cuh";

  private static final String FOLDER = "/semigan/cuda/";

  private KernelSources() {}

  /** Every source, without {@code .cu}. */
  static List<String> names() {
    return List.of("augment", "copy", "elementwise", "pool", "reduce", "resize");
  }

  /** The text of {@code name.cu}. */
  static String read(String name) {
    return text(name + ".cu");
  }

  /** The text of {@link #HEADER}. */
  static String header() {
    return text(HEADER);
  }

  private static String text(String file) {
    try (InputStream in = KernelSources.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IllegalStateException(
            "cuda: the source %s is missing from this build".formatted(file));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
