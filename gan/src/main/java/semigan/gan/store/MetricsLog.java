package semigan.gan.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run's measurements: one JSON object a line, each with the {@code step} it belongs to. A line
 * reaches the operating system before {@link #append} returns, so a killed run loses none; a line
 * that a crash cut short is ignored by readers and removed before more is appended.
 */
public final class MetricsLog implements Closeable {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final TypeReference<LinkedHashMap<String, Object>> RECORD =
      new TypeReference<>() {};
  private static final String STEP = "step";
  private static final String WARNING = "warning";

  private final AppendedFile file;

  private MetricsLog(AppendedFile file) {
    this.file = file;
  }

  /**
   * Opens the log of a run that goes on from {@code step}, making it if there is none: records of
   * later steps are dropped, since those steps will be done again.
   *
   * @throws StoreException if it cannot be opened, or is damaged elsewhere than at its end; it is
   *     then as it was
   */
  public static MetricsLog resume(Path file, long step) {
    dropAfter(file, step);
    return new MetricsLog(new AppendedFile(file, StandardOpenOption.CREATE));
  }

  /**
   * Adds a line.
   *
   * @param values numbers, strings, booleans, or lists and maps of them
   * @throws StoreException if it cannot be written whole; what was there before is intact
   */
  public void append(long step, Map<String, ?> values) {
    var entries = new LinkedHashMap<String, Object>();
    entries.put(STEP, step);
    entries.putAll(values);
    try {
      file.append((JSON.writeValueAsString(entries) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a record: " + values, e);
    }
  }

  /**
   * Adds something that a person should know of.
   *
   * @throws StoreException as {@link #append}
   */
  public void warn(long step, String warning) {
    append(step, Map.of(WARNING, warning));
  }

  /**
   * What {@link #warn} added, oldest first, each with its step.
   *
   * @throws StoreException as {@link #read}
   */
  public static List<String> warnings(Path file) {
    return read(file).stream()
        .filter(record -> record.containsKey(WARNING))
        .map(record -> "step %s: %s".formatted(record.get(STEP), record.get(WARNING)))
        .toList();
  }

  /**
   * All records, oldest first; none if there is no file. Of a file that is being written, or whose
   * writer was killed, the last line is left out if it is incomplete.
   *
   * @throws StoreException if another line is not a JSON object, naming it
   */
  public static List<Map<String, Object>> read(Path file) {
    return Files.isRegularFile(file) ? parse(file, text(file).lines().toList()) : List.of();
  }

  private static List<Map<String, Object>> parse(Path file, List<String> lines) {
    var records = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < lines.size(); i++) {
      Map<String, Object> record = parse(lines.get(i));
      if (record != null) {
        records.add(record);
      } else if (i < lines.size() - 1) {
        throw new StoreException(
            "%s, line %d: expected a JSON object, found '%s'"
                .formatted(file, i + 1, excerpt(lines.get(i))));
      }
    }
    return records;
  }

  /** Null if the line is no record, or not all of one. */
  private static Map<String, Object> parse(String line) {
    try {
      return JSON.readValue(line, RECORD);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  @Override
  public void close() {
    file.close();
  }

  private static void dropAfter(Path file, long step) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    String text = text(file);
    List<String> lines = text.lines().toList();
    List<Map<String, Object>> records = parse(file, lines);
    var kept = new StringBuilder();
    for (int i = 0; i < records.size(); i++) {
      if (!(records.get(i).get(STEP) instanceof Number n) || n.longValue() <= step) {
        kept.append(lines.get(i)).append('\n');
      }
    }
    if (!text.contentEquals(kept)) {
      AtomicFiles.write(file, kept.toString());
    }
  }

  /** Lenient about UTF-8, since a torn line may end inside a character. */
  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be read: %s".formatted(file, StoreException.reason(e)), e);
    }
  }

  private static String excerpt(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "...";
  }
}
