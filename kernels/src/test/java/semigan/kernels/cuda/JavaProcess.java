package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java process of a test: it ends within a time, or is ended and fails the test. */
final class JavaProcess {
  /**
   * How it ended.
   *
   * @param code its exit status
   * @param output what it printed, errors among it
   */
  record Ended(int code, String output) {}

  private JavaProcess() {}

  /**
   * Runs this machine's Java to its end.
   *
   * @param builder whose environment and folder are set
   * @param arguments of {@code java}
   */
  static Ended run(ProcessBuilder builder, List<String> arguments, int seconds)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    // A file, since reading from a pipe would wait for the process without a limit.
    Path printed = Files.createTempFile("semigan-process", ".txt");
    Process process = null;
    try {
      process =
          builder
              .command(command)
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        fail("not done after %d seconds:%n%s".formatted(seconds, read(printed)));
      }
      return new Ended(process.exitValue(), read(printed));
    } finally {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
      Files.delete(printed);
    }
  }

  /** Whatever it holds: a process that was ended, or crashed, may have stopped amid a character. */
  private static String read(Path printed) throws IOException {
    return new String(Files.readAllBytes(printed), StandardCharsets.UTF_8);
  }
}
