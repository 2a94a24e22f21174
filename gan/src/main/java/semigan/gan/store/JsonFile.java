package semigan.gan.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Records and maps as JSON files: a run's settings and its environment. */
public final class JsonFile {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonFile() {}

  /**
   * Replaces {@code file} by {@code value}, indented.
   *
   * @throws StoreException if it cannot be written
   */
  public static void write(Path file, Object value) {
    try {
      AtomicFiles.write(file, JSON.writeValueAsString(value) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(value.getClass() + " cannot be written as JSON", e);
    }
  }

  /**
   * Reads an object back.
   *
   * @throws StoreException as of {@link #read}
   */
  public static ObjectNode readObject(Path file) {
    if (read(file, JsonNode.class) instanceof ObjectNode object) {
      return object;
    }
    throw new StoreException(file + ": expected a JSON object");
  }

  /**
   * Reads a {@code type} back.
   *
   * @throws StoreException if the file is missing or is not the JSON of a {@code type}, saying at
   *     which line
   */
  public static <T> T read(Path file, Class<T> type) {
    try {
      return JSON.readValue(Files.readAllBytes(file), type);
    } catch (NoSuchFileException e) {
      throw new StoreException(file + ": no such file", e);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new StoreException("%s, line %d: %s".formatted(file, line, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be read: %s".formatted(file, StoreException.reason(e)), e);
    }
  }
}
