package semigan.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process that runs a timed window when it is asked to, and is frozen between windows, so that
 * neither its spinning threads nor its garbage collector take a core from the others.
 */
final class PeerProcess implements AutoCloseable {
  /** A window did not come about. */
  static final class FailedException extends Exception {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long ANSWER_MINUTES = 20;
  private static final long ENDING_SECONDS = 60;

  /** A status above this is that plus the number of a signal. */
  private static final int SIGNALLED = 128;

  /** What stands for a line at the end of the process's output. */
  private static final String END = "";

  /** The line that begins a stack trace; the exception's package is left out. */
  private static final Pattern THROWN =
      Pattern.compile(
          "(?:Exception in thread \"\\S+\" )?(?:\\w+\\.)+(?<what>\\w+(?:Exception|Error)(?:: .*)?)");

  private final Path log;
  private final Process process;
  private final Thread killer;
  private final BufferedWriter input;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  /**
   * Starts it; it warms up by itself.
   *
   * @param log receives what it says beside its answers
   */
  PeerProcess(List<String> command, Map<String, String> environment, Path log) throws IOException {
    this.log = log;
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(environment);
    process = builder.start();
    // A frozen process would outlive an interrupted run.
    killer = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(killer);
    input = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "answers of " + log.getFileName());
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().filter(line -> line.startsWith("{")).forEach(answers::add);
    } catch (IOException | UncheckedIOException e) {
      // ended while it wrote
    } finally {
      answers.add(END);
    }
  }

  /**
   * Wakes it for one window.
   *
   * @return milliseconds a step
   * @throws FailedException if it has ended, or does not answer
   */
  double window() throws FailedException, IOException, InterruptedException {
    signal("CONT");
    try {
      input.newLine();
      input.flush();
    } catch (IOException e) {
      throw new FailedException(lastWords());
    }
    String answer = answers.poll(ANSWER_MINUTES, TimeUnit.MINUTES);
    if (answer == null) {
      throw new FailedException("no answer within %d minutes".formatted(ANSWER_MINUTES));
    }
    if (answer.equals(END)) {
      throw new FailedException(lastWords());
    }
    signal("STOP");
    return JSON.readTree(answer).path("ms").asDouble();
  }

  private void signal(String name) throws IOException, InterruptedException {
    // The shell's own kill: not every system has a program of that name.
    new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, process.pid()))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** The most memory that was resident so far, in MB; 0 where the system does not tell. */
  long peakMegabytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/%d/status".formatted(process.pid())))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1_000_000)
          .findFirst()
          .orElse(0L);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /** Why it ended, as far as it said. */
  private String lastWords() throws IOException, InterruptedException {
    if (!process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS)) {
      return "it took and gave no more, but did not end";
    }
    int status = process.exitValue();
    if (status > SIGNALLED) {
      return "killed by signal %d".formatted(status - SIGNALLED);
    }
    List<String> lines = Files.readAllLines(log).stream().filter(l -> !l.isBlank()).toList();
    return lines.stream()
        .map(THROWN::matcher)
        .filter(Matcher::matches)
        .findFirst()
        .map(thrown -> thrown.group("what"))
        .orElse(lines.isEmpty() ? "it ended without a word" : lines.get(lines.size() - 1));
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    Runtime.getRuntime().removeShutdownHook(killer);
  }
}
