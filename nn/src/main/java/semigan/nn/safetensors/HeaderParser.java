package semigan.nn.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a header's JSON token by token, so that a hostile one is refused where it goes wrong and
 * costs no more memory than what was right before.
 */
final class HeaderParser {
  private static final int MAX_TENSORS = 100_000;
  private static final int MAX_RANK = 16;
  private static final int MAX_METADATA = 10_000;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  // The header, a tensor, its shape.
                  .maxNestingDepth(3)
                  .maxNameLength(4096)
                  .maxStringLength(1 << 24)
                  .maxNumberLength(64)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Names hardly repeat between files, so a table of them only grows.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final Path file;
  private final JsonParser json;
  private final Map<String, Header.Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private HeaderParser(Path file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /** Reads the header from {@code source}, which ends where the header ends. */
  static Header parse(Path file, InputStream source) throws IOException {
    // A decoder, unlike Jackson's own reader, refuses every invalid sequence and takes UTF-8 only.
    Reader text = new InputStreamReader(source, StandardCharsets.UTF_8.newDecoder());
    try (JsonParser json = JSON.createParser(text)) {
      return new HeaderParser(file, json).header();
    } catch (CharacterCodingException e) {
      throw new SafetensorsException(file, "the header is not valid UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new SafetensorsException(file, "the header is not valid JSON: " + describe(e), e);
    }
  }

  private static String describe(JsonProcessingException e) {
    return e instanceof JsonEOFException
        ? "it ends too early"
        // Jackson says that it hides the source, which interests nobody here.
        : e.getOriginalMessage().replaceAll("\\[Source: [^;]*; ([^]]*)]", "$1");
  }

  private Header header() throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, "the header", "a JSON object");
    for (String name; (name = json.nextFieldName()) != null; ) {
      if (name.equals(SafetensorsFile.METADATA)) {
        readMetadata();
      } else if (tensors.size() == MAX_TENSORS) {
        throw problem("more than " + MAX_TENSORS + " tensors");
      } else {
        tensors.put(name, readTensor(name));
      }
    }
    if (json.nextToken() != null) {
      throw problem("the header goes on after its JSON object ends, expected only spaces");
    }
    return new Header(tensors, metadata);
  }

  private void readMetadata() throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, SafetensorsFile.METADATA, "an object");
    for (String key; (key = json.nextFieldName()) != null; ) {
      String what = SafetensorsFile.METADATA + " '" + key + "'";
      expect(json.nextToken(), JsonToken.VALUE_STRING, what, "a string");
      if (metadata.size() == MAX_METADATA) {
        throw problem("more than " + MAX_METADATA + " entries of metadata");
      }
      metadata.put(key, json.getText());
    }
  }

  private Header.Tensor readTensor(String name) throws IOException {
    String what = "tensor '" + name + "'";
    expect(json.nextToken(), JsonToken.START_OBJECT, what, "an object");
    StoredType type = null;
    long[] shape = null;
    long[] offsets = null;
    for (String field; (field = json.nextFieldName()) != null; ) {
      switch (field) {
        case "dtype" -> type = readType(what);
        case "shape" -> shape = readIntegers(what + ": shape", MAX_RANK);
        case "data_offsets" -> offsets = readIntegers(what + ": data_offsets", 2);
        default ->
            throw problem(
                "%s has a field '%s', expected dtype, shape and data_offsets only"
                    .formatted(what, field));
      }
    }
    if (type == null || shape == null || offsets == null) {
      String missing = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw problem("%s has no %s".formatted(what, missing));
    }
    if (offsets.length != 2) {
      throw problem(
          "%s: data_offsets has %d numbers, expected begin and end"
              .formatted(what, offsets.length));
    }
    return new Header.Tensor(type, shape, offsets[0], offsets[1]);
  }

  private StoredType readType(String what) throws IOException {
    expect(json.nextToken(), JsonToken.VALUE_STRING, what + ": dtype", "a string");
    String name = json.getText();
    for (StoredType type : StoredType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw problem(
        "%s has the dtype '%s', expected one of %s; convert the file first"
            .formatted(what, excerpt(name), Arrays.toString(StoredType.values())));
  }

  private long[] readIntegers(String what, int most) throws IOException {
    expect(json.nextToken(), JsonToken.START_ARRAY, what, "an array");
    long[] values = new long[most];
    int count = 0;
    for (JsonToken token; (token = json.nextToken()) != JsonToken.END_ARRAY; ) {
      expect(token, JsonToken.VALUE_NUMBER_INT, what, "integers");
      if (count == most) {
        throw problem("%s has more than %d numbers".formatted(what, most));
      }
      if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw problem("%s holds %s, which exceeds 64 bits".formatted(what, json.getText()));
      }
      values[count++] = json.getLongValue();
    }
    return Arrays.copyOf(values, count);
  }

  private void expect(JsonToken found, JsonToken wanted, String what, String description)
      throws IOException {
    if (found != wanted) {
      throw problem(
          "%s is %s, expected %s"
              .formatted(what, found == null ? "cut short" : excerpt(json.getText()), description));
    }
  }

  private static String excerpt(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }

  private SafetensorsException problem(String problem) {
    return new SafetensorsException(file, problem);
  }
}
