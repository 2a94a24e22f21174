package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** Runs the real {@code gan.jar} in a process of its own, in a folder, as a user does. */
final class GanJar {
  private static final int PATIENCE_SECONDS = 120;
  private static final Pattern HINT = Pattern.compile("--help|^Possible solutions|^Did you mean");
  private static final Path JAR = Path.of(System.getProperty("gan.jar")).toAbsolutePath();

  private final Path folder;
  private final List<String> javaOptions = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private Path jar = JAR;

  private GanJar(Path folder) {
    this.folder = folder;
  }

  static GanJar in(Path folder) {
    return new GanJar(folder);
  }

  /** Runs a copy of it in {@code folder}, beside what else lies there. */
  GanJar from(Path folder) throws IOException {
    jar = Files.copy(JAR, folder.resolve("gan.jar"));
    return this;
  }

  /** Adds an option of the Java that runs the jar. */
  GanJar withJava(String option) {
    javaOptions.add(option);
    return this;
  }

  /**
   * Gives it a simulated GPU; aborts the test that asks where the simulator was not built, or a
   * real GPU is asked for.
   *
   * @param settings of the simulator, {@code NAME=value}
   */
  GanJar withSimulatedGpu(String... settings) {
    String libraries = System.getProperty("semigan.cuda.libraries", "");
    Assumptions.assumeTrue(
        System.getProperty("semigan.cuda", "").equals("sim"), "a real GPU is asked for");
    if (!Files.exists(Path.of(libraries, "libcuda.so.1"))) {
      boolean required = System.getProperty("semigan.require", "").contains("cuda");
      assertFalse(required, "the simulator is required by -Dsemigan.require but was not built");
      Assumptions.abort("the simulator was not built");
    }
    javaOptions.add("-Dsemigan.cuda.libraries=" + Path.of(libraries).toAbsolutePath());
    Path cache = Path.of(System.getProperty("semigan.cuda.cache")).toAbsolutePath();
    javaOptions.add("-Dsemigan.cuda.cache=" + cache);
    for (String setting : settings) {
      String[] parts = setting.split("=");
      environment.put("SEMIGAN_SIM_" + parts[0], parts[1]);
    }
    return this;
  }

  /** Runs it to its end. */
  Result run(String... arguments) {
    return start(arguments).await();
  }

  /** Runs it in a shell that first does {@code before}, such as setting a limit. */
  Result runAfter(String before, String... arguments) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", before + " && exec \"$@\"", "sh"));
    words.addAll(command(arguments));
    return new Running(words).await();
  }

  Running start(String... arguments) {
    return new Running(command(arguments));
  }

  private List<String> command(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-XX:-UsePerfData");
    words.addAll(javaOptions);
    words.addAll(List.of("-jar", jar.toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  /** A process under way. */
  final class Running {
    private final Process process;
    private final Path out;
    private final Path err;

    private Running(List<String> words) {
      try {
        out = Files.createTempFile("gan", ".out");
        err = Files.createTempFile("gan", ".err");
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(name -> name.startsWith("SEMIGAN_"));
        builder.environment().putAll(environment);
        process =
            builder
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits until it has written {@code text} to its standard output. */
    void awaitOutput(String text) throws InterruptedException {
      boolean alive = true;
      while (!read(out).contains(text)) {
        assertTrue(alive, () -> "ended without '" + text + "': " + read(out) + read(err));
        Thread.sleep(5);
        alive = process.isAlive(); // what it wrote before it ended is still to be read
      }
    }

    /** Sends a signal, such as {@code INT}, which Ctrl-C is. */
    void signal(String name) throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    Result await() {
      try {
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(ended, () -> "still running: " + read(out) + read(err));
        return new Result(process.exitValue(), read(out), read(err));
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while it ran", e);
      } finally {
        process.destroyForcibly();
        delete(out);
        delete(err);
      }
    }
  }

  /** What a run of the jar left behind. */
  record Result(int exit, String out, String err) {

    Result done() {
      assertEquals(0, exit, this::toString);
      return this;
    }

    /** The result of {@code --json}: the only line on standard output. */
    JsonNode json() {
      done();
      assertEquals(1, out.lines().count(), out);
      try {
        return new ObjectMapper().readTree(out);
      } catch (IOException e) {
        throw new UncheckedIOException(out, e);
      }
    }

    /**
     * Holds a failure to its contract: this exit code and one line on standard error that says what
     * is wrong, which for wrong usage may be followed by one of help.
     *
     * @return that line
     */
    String refused(int code) {
      assertEquals(code, exit, this::toString);
      List<String> lines = err.lines().filter(line -> !line.startsWith("simulator: ")).toList();
      assertFalse(lines.isEmpty(), "no word about it");
      assertTrue(lines.get(0).startsWith("gan: "), err);
      assertTrue(
          lines.size() == 1 || lines.size() == 2 && HINT.matcher(lines.get(1)).find(),
          () -> "more than a line: " + err);
      assertFalse(err.contains("Exception") || err.contains("semigan.gan."), err);
      return lines.get(0);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
