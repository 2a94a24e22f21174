package semigan.gan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import semigan.gan.store.JsonFile;
import semigan.gan.store.StoreException;
import semigan.gan.train.Preset;
import semigan.gan.train.TrainConfig;

/** A {@code config.json}, whole or in part, held against what {@link TrainConfig} has. */
final class ConfigFile {
  private static final Map<String, RecordComponent> SETTINGS = TrainConfig.settings();

  static final String STEPS = "steps";

  /** May stand for {@link #STEPS}, since how many these are depends on the data. */
  static final String EPOCHS = "epochs";

  private ConfigFile() {}

  /** The values of a setting, as they are written. */
  static List<String> names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
  }

  /**
   * Reads the settings of a file.
   *
   * @throws IllegalArgumentException if there is a setting that is not known, or not of its type,
   *     or both steps and epochs; which values are allowed is for {@link TrainConfig} to say
   * @throws StoreException if it cannot be read, or is no JSON object with each setting once
   */
  static ObjectNode read(Path file) {
    ObjectNode settings = JsonFile.readObject(file);
    for (Map.Entry<String, JsonNode> setting : settings.properties()) {
      check(file, setting.getKey(), setting.getValue());
    }
    if (settings.has(STEPS) && settings.has(EPOCHS)) {
      throw new IllegalArgumentException(
          "%s: %s and %s stand for each other; give one of them".formatted(file, STEPS, EPOCHS));
    }
    return settings;
  }

  private static void check(Path file, String name, JsonNode value) {
    if (name.equals(EPOCHS)) {
      if (!value.isNumber()) {
        throw new IllegalArgumentException(
            "%s: %s is %s, expected a number".formatted(file, name, value));
      }
      return;
    }
    RecordComponent setting = SETTINGS.get(name);
    if (setting == null) {
      throw new IllegalArgumentException(
          "%s: there is no setting '%s'; there are %s"
              .formatted(file, name, String.join(", ", SETTINGS.keySet())));
    }
    if (!fits(value, setting)) {
      throw new IllegalArgumentException(
          "%s: %s is %s, expected %s".formatted(file, name, value, expected(setting)));
    }
  }

  private static boolean fits(JsonNode value, RecordComponent setting) {
    Class<?> type = setting.getType();
    if (type == int.class) {
      return value.isIntegralNumber() && value.canConvertToInt();
    }
    if (type == long.class) {
      return value.isIntegralNumber() && value.canConvertToLong();
    }
    if (type == float.class) {
      return value.isNumber();
    }
    if (type == boolean.class) {
      return value.isBoolean();
    }
    if (type.isEnum()) {
      return value.isTextual() && names(type).contains(value.asText());
    }
    if (type == Set.class) {
      List<String> names = names(elements(setting));
      return value.isArray()
          && StreamSupport.stream(value.spliterator(), false)
              .allMatch(element -> element.isTextual() && names.contains(element.asText()));
    }
    if (type == List.class) {
      return value.isArray()
          ? StreamSupport.stream(value.spliterator(), false).allMatch(JsonNode::isTextual)
          : value.isTextual() || value.isNull(); // one, or none, as in older files
    }
    return value.isTextual()
        || value.isNull() && Preset.defaults().path(setting.getName()).isNull();
  }

  /** Of a setting that is a set of names. */
  private static Class<?> elements(RecordComponent setting) {
    ParameterizedType set = (ParameterizedType) setting.getGenericType();
    return (Class<?>) set.getActualTypeArguments()[0];
  }

  private static String expected(RecordComponent setting) {
    Class<?> type = setting.getType();
    if (type == int.class || type == long.class) {
      return "a whole number";
    }
    if (type == float.class) {
      return "a number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type == Set.class) {
      return "a list of any of " + String.join(", ", names(elements(setting)));
    }
    if (type == List.class) {
      return "a list of texts in quotes";
    }
    return type.isEnum() ? "one of " + String.join(", ", names(type)) : "a text in quotes";
  }
}
