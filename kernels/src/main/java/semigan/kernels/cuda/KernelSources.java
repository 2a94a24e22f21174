package semigan.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The CUDA sources that this library carries. */
final class KernelSources {
  /** What sources include. */
  private static final List<String> HEADERS = List.of("common.cuh", "columns.cuh", "positions.cuh");

  private static final String FOLDER = "/semigan/cuda/";

  private KernelSources() {}

  /** Every source, without {@code .cu}. */
  static List<String> names() {
    return List.of(
        "augment",
        "conv_ends",
        "copy",
        "elementwise",
        "loss",
        "norm",
        "optim",
        "pool",
        "random",
        "reduce",
        "resize",
        "weight_norm");
  }

  /** The text of {@code name.cu}. */
  static String read(String name) {
    return text(name + ".cu");
  }

  /** The names of the headers, as sources include them. */
  static String[] headers() {
    return HEADERS.toArray(String[]::new);
  }

  /** The texts of {@link #headers()}. */
  static String[] headerTexts() {
    return HEADERS.stream().map(KernelSources::text).toArray(String[]::new);
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
