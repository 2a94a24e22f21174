package semigan.gan.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A recipe that comes with the program, as a file under {@code presets/}: settings like those of a
 * {@code config.json}, with what they are and where they are from.
 *
 * @param name by which {@code --preset} knows it
 * @param description what it is, in a line
 * @param paper where it is from
 * @param teachers names of the presets that it is taught by, each in a run of its own before it
 * @param settings those that differ from the defaults, which a file may have from the preset that
 *     it calls its {@code base}; {@code epochs} may stand for {@code steps}
 */
public record Preset(
    String name, String description, String paper, List<String> teachers, ObjectNode settings) {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> NAMES =
      List.of(
          "feature-matching-mnist",
          "feature-matching-short",
          "feature-matching-fashion",
          "bad-gan",
          "conv-ssl",
          "conv-ssl-mnist",
          "conv-ssl-fashion",
          "dcgan",
          "dcgan-ssl-fashion",
          "supervised",
          "supervised-fashion",
          "vat");

  /** All of them. */
  public static List<Preset> all() {
    return NAMES.stream().map(Preset::read).toList();
  }

  /**
   * The one of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Preset named(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "there is no preset '%s'; there are %s".formatted(name, String.join(", ", NAMES)));
    }
    return read(name);
  }

  /** A copy of the settings of a run that nothing was said about. */
  public static ObjectNode defaults() {
    return Defaults.SETTINGS.deepCopy();
  }

  /** Read once, when they are first asked for. */
  private static final class Defaults {
    static final ObjectNode SETTINGS = read("defaults").settings();
  }

  private static Preset read(String name) {
    try (InputStream file = Preset.class.getResourceAsStream("presets/" + name + ".json")) {
      ObjectNode all = (ObjectNode) JSON.readTree(file);
      return new Preset(
          name,
          all.get("description").asText(),
          all.path("paper").asText(),
          teachers(all),
          settings(all));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode settings(ObjectNode all) {
    ObjectNode own = (ObjectNode) all.get("settings");
    return all.has("base") ? read(all.get("base").asText()).settings().setAll(own) : own;
  }

  private static List<String> teachers(ObjectNode all) {
    List<String> names = new ArrayList<>();
    all.path("teachers").forEach(name -> names.add(name.asText()));
    return List.copyOf(names);
  }
}
