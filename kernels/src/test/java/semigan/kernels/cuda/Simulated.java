package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /** The simulator's folder; aborts the test that asks where there is none, or fails it. */
  static Path libraries() {
    Assumptions.assumeTrue(
        System.getProperty("semigan.cuda", "").equals("sim"), "a real GPU is asked for");
    if (Simulator.present()) {
      return Path.of(System.getProperty(CudaOptions.LIBRARIES));
    }
    if (System.getProperty("semigan.require", "").contains(CudaBackend.NAME)) {
      return fail("the simulator is required by -Dsemigan.require but was not built");
    }
    Assumptions.abort("the simulator was not built");
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
    List<String> all = new ArrayList<>(List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1"));
    all.add("--enable-native-access=ALL-UNNAMED"); // Java 25 would warn, among what is read
    all.addAll(options);
    all.addAll(List.of("-cp", String.join(":", classPath), "semigan.GpuProgram"));
    all.addAll(List.of(arguments));
    return JavaProcess.run(builder, all, PATIENCE_SECONDS).output().strip();
  }
}
