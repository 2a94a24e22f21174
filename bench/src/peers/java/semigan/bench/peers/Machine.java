package semigan.bench.peers;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;

/**
 * Where it is measured.
 *
 * @param text processor, threads and versions: what results depend on beside the code
 * @param instructions what oneDNN computes with, such as {@code AVX-512 BF16}
 * @param hasBf16 whether ours works in BF16
 */
record Machine(String text, String instructions, boolean hasBf16) {
  private static final Pattern INSTRUCTIONS = Pattern.compile("oneDNN \\S+ \\((?<name>[^)]+)\\)");

  /** This one. */
  static Machine here() throws IOException {
    try (Backend cpu = Backends.open("cpu")) {
      String text =
          "%s; libtorch %s, DL4J %s; Java %s"
              .formatted(
                  cpu.description(),
                  Loader.getVersion("org.bytedeco", "pytorch"),
                  Loader.getVersion("org.nd4j", "nd4j-native"),
                  Runtime.version().feature());
      Matcher named = INSTRUCTIONS.matcher(cpu.description());
      if (!named.find()) {
        throw new IllegalStateException("no instruction set named in: " + cpu.description());
      }
      return new Machine(text, named.group("name"), cpu.supports(DType.BF16));
    }
  }

  boolean hasAvx512() {
    return instructions.startsWith("AVX-512");
  }
}
