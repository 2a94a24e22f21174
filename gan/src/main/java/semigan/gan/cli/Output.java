package semigan.gan.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import semigan.gan.data.DataListener;

/** What commands share in printing. */
final class Output {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS).build();

  /** Says on standard error what is wrong with data that can be used all the same. */
  static final DataListener DATA_WARNINGS = Output::warn;

  /** The values of {@code --device}. */
  static final String DEVICES =
      "auto (the GPU where it works, else cpu), cpu, cuda, cuda:1 for the second GPU, or reference";

  private Output() {}

  /** Says something on standard error that ends nothing. */
  static void warn(String message) {
    System.err.println("gan: " + message);
  }

  /**
   * Refuses a file that could not be written, before there is work that would be lost.
   *
   * @throws IllegalArgumentException if there is no such folder, it cannot be written to, or the
   *     file is a folder, a device or a pipe
   */
  static void requireWritable(String option, Path file) {
    Path folder = behindLinks(file).getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "%s is '%s' but there is no folder %s; make it first".formatted(option, file, folder));
    }
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(
          "%s is '%s', which is a folder; give a file".formatted(option, file));
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "%s is '%s', which is no regular file and would be replaced; give another name"
              .formatted(option, file));
    }
    if (!Files.isWritable(folder)) {
      throw new IllegalArgumentException(
          "%s is '%s' but %s cannot be written to; give a file elsewhere"
              .formatted(option, file, folder));
    }
  }

  /** Where a link leads to, since that is what will be replaced. */
  private static Path behindLinks(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file.toAbsolutePath(); // there is none yet
    }
  }

  /** One line of JSON. */
  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a person watches a terminal, where a line may be overwritten by its sequences. */
  static boolean isTerminal() {
    Console console = System.console();
    String kind = System.getenv("TERM");
    if (console == null || kind == null || kind.equals("dumb")) {
      return false;
    }
    try { // From Java 22 on there is a console even without a terminal, and a method that tells.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
