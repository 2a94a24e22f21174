package semigan.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Results as lines of JSON, one a row; a row that was measured again replaces the older one. */
final class ResultLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Map<String, Result> results = new LinkedHashMap<>();

  /** Reads what is there; a last line that was cut off is left out. */
  ResultLog(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (line.endsWith("}")) {
          Result result = JSON.readValue(line, Result.class);
          results.put(key(result), result);
        }
      }
    }
  }

  /** Keeps a result in the file from now on. */
  void add(Result result) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        JSON.writeValueAsString(result) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    results.put(key(result), result);
  }

  /** A row's newest result from this machine with at least so many windows. */
  Optional<Result> of(Row row, String machine, int windows) {
    return Optional.ofNullable(results.get(row + machine))
        .filter(result -> result.windows() >= windows);
  }

  private static String key(Result result) {
    return result.row() + result.machine();
  }
}
