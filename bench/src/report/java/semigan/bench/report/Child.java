package semigan.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that does one part of the report and answers with lines of JSON: a fault of the device
 * ends it, and not the report. What else it says goes to the log.
 */
final class Child implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String END = "\0";

  private final Process process;
  private final BufferedWriter input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final long limitSeconds;

  /**
   * @param limitSeconds how long an answer may take
   */
  Child(List<String> command, Path log, long limitSeconds) throws IOException {
    this.limitSeconds = limitSeconds;
    process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    input = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "reader of " + command.get(0));
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (UncheckedIOException | IOException e) {
      // the process was ended while it wrote
    } finally {
      lines.add(END);
    }
  }

  /** Has it run one more window, and gives its answer; nothing if it has ended. */
  Optional<JsonNode> ask() {
    try {
      input.write('\n');
      input.flush();
    } catch (IOException e) {
      return Optional.empty(); // it has ended: its last words are in the log
    }
    return next();
  }

  /** The next line of JSON; nothing at the end, or when none comes in time. */
  Optional<JsonNode> next() {
    try {
      while (true) {
        String line = lines.poll(limitSeconds, TimeUnit.SECONDS);
        if (line == null || line.equals(END)) {
          return Optional.empty();
        }
        if (line.startsWith("{")) {
          return Optional.of(JSON.readTree(line));
        }
      }
    } catch (JsonProcessingException e) {
      return Optional.empty(); // cut short by the end of the process
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Every line that is left, to the end. */
  List<JsonNode> rest() {
    List<JsonNode> answers = new ArrayList<>();
    Optional<JsonNode> answer;
    while ((answer = next()).isPresent()) {
      answers.add(answer.get());
    }
    return answers;
  }

  /** Ends its input, on which it ends by itself. */
  @Override
  public void close() {
    try {
      input.close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
