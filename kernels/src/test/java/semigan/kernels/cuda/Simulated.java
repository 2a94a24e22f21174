package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A process in which the simulator is set up as one wants: its libraries are loaded, and its
 * settings read, once in a process.
 */
final class Simulated {
  private static final int PATIENCE_SECONDS = 120;

  private final List<String> classPath = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final ProcessBuilder builder = new ProcessBuilder();

  private Simulated(Path libraries) {
    set(CudaOptions.LIBRARIES, libraries);
    set(CudaOptions.CACHE, Path.of(System.getProperty(CudaOptions.CACHE)));
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("SEMIGAN_") && !name.equals("SEMIGAN_SIM_CHECK"));
  }

  /** The simulator's folder; aborts the test that asks where there is none. */
  static Path libraries() {
    String folder = System.getProperty(CudaOptions.LIBRARIES, "");
    if (System.getProperty("semigan.cuda", "").equals("sim")
        && Files.exists(Path.of(folder, CudaLibrary.CUDNN.file()))) {
      return Path.of(folder);
    }
    if (System.getProperty("semigan.require", "").contains(CudaBackend.NAME)) {
      return fail("the simulator is required by -Dsemigan.require but was not built");
    }
    Assumptions.abort("the simulator was not built, or a real GPU is asked for");
    return null;
  }

  static Simulated gpu() {
    return new Simulated(libraries());
  }

  /** With the simulator's libraries copied into {@code folder} but for one. */
  static Simulated without(String missing, Path folder) throws IOException {
    try (Stream<Path> files = Files.list(libraries())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().equals(missing)) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
    return new Simulated(folder);
  }

  /** Sets what the simulator simulates, such as {@code NO_DEVICE}. */
  Simulated simulate(String option, Object value) {
    builder.environment().put("SEMIGAN_SIM_" + option, value.toString());
    return this;
  }

  /** Sets a system property. */
  Simulated set(String property, Path value) {
    options.add("-D" + property + "=" + value.toAbsolutePath());
    return this;
  }

  /** Puts resources before those of the project. */
  Simulated before(Path resources) {
    classPath.add(resources.toString());
    return this;
  }

  /** What {@code semigan.GpuProgram} printed. */
  String run(String... arguments) throws IOException, InterruptedException {
    classPath.add(System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED"); // Java 25 would warn, among what is read
    command.addAll(options);
    command.addAll(List.of("-cp", String.join(":", classPath), "semigan.GpuProgram"));
    command.addAll(List.of(arguments));
    Process process = builder.command(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), output);
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
