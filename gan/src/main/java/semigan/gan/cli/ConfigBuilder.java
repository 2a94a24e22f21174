package semigan.gan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.data.LabelSplit;
import semigan.gan.model.Architecture;
import semigan.gan.train.Preset;
import semigan.gan.train.TrainConfig;

/**
 * Makes a run's config of what was said in several places, such as a preset and options, and of
 * what follows from its data.
 */
final class ConfigBuilder {
  private static final String DATA = "data";
  private static final String DATA_DIR = "dataDir";
  private static final String TEACHER = "teacher";
  private static final String BATCH = "batch";
  private static final double DEFAULT_EPOCHS = 10;
  private static final List<String> REGULAR =
      List.of("sampleEvery", "evaluateEvery", "checkpointEvery");

  private final ObjectNode given = new JsonMapper().createObjectNode();
  private int usualBatch = Preset.defaults().get(BATCH).asInt();

  /** Takes a preset's settings as {@link #with} does; its batch is at most all images. */
  ConfigBuilder from(ObjectNode recipe) {
    with(recipe);
    if (recipe.has(BATCH)) {
      usualBatch = given.remove(BATCH).asInt();
    }
    return this;
  }

  /**
   * Takes these settings over those that were given before. Epochs and steps stand for each other.
   *
   * @param settings by the names of {@code config.json}, and {@code epochs}
   */
  ConfigBuilder with(ObjectNode settings) {
    if (settings.has(ConfigFile.STEPS) || settings.has(ConfigFile.EPOCHS)) {
      given.remove(List.of(ConfigFile.STEPS, ConfigFile.EPOCHS));
    }
    given.setAll(settings);
    return this;
  }

  /** The images that the settings name. */
  DataSplit openData() {
    DataOptions options = DataOptions.defaults().withListener(Output.DATA_WARNINGS);
    if (given.hasNonNull(DATA_DIR)) {
      options = options.withDirectory(Path.of(given.get(DATA_DIR).asText()));
    }
    JsonNode size = given.get("size");
    if (size != null && size.asInt() > 0) {
      options = options.withImageSize(size.asInt());
    }
    return DataSets.open(dataName(given), options);
  }

  /**
   * The config of a run on these images.
   *
   * @throws IllegalArgumentException if a setting is not allowed
   */
  TrainConfig build(DataSplit data) {
    ObjectNode settings = given.deepCopy();
    nameFolders(settings);
    chooseLabels(settings, data);
    chooseSize(settings, data);
    chooseBatch(settings, data);
    chooseSteps(settings, data);
    chooseIntervals(settings);
    return TrainConfig.of(settings);
  }

  /** In full: the run may go on from another working directory. */
  private static void nameFolders(ObjectNode settings) {
    if (DataSets.isDirectory(dataName(settings))) {
      settings.put(DATA, absolute(dataName(settings)));
    }
    if (settings.hasNonNull(DATA_DIR)) {
      settings.put(DATA_DIR, absolute(settings.get(DATA_DIR).asText()));
    }
    if (settings.hasNonNull(TEACHER)) {
      JsonNode teacher = settings.get(TEACHER);
      ArrayNode named = settings.putArray(TEACHER);
      if (teacher.isTextual()) {
        named.add(absolute(teacher.asText()));
      }
      teacher.forEach(folder -> named.add(absolute(folder.asText())));
    }
  }

  private static String absolute(String path) {
    Path whole = Path.of(path).toAbsolutePath();
    Path shorter = whole.normalize();
    try {
      // Behind a link, ".." may be elsewhere than in front of it.
      return (Files.isSameFile(whole, shorter) ? shorter : whole).toString();
    } catch (IOException e) {
      return shorter.toString(); // it is not there
    }
  }

  private static String dataName(ObjectNode settings) {
    return setting(settings, DATA).asText();
  }

  /** Of a folder of images, where what is unlabelled lies apart, as many as can be had. */
  private static void chooseLabels(ObjectNode settings, DataSplit data) {
    if (!settings.has("labels") && DataSets.isImageFolder(dataName(settings))) {
      int most = LabelSplit.most(data.train()) - setting(settings, "heldOut").asInt();
      int classes = data.train().classNames().size();
      settings.put("labels", classes == 1 ? 0 : Math.max(classes, most));
    }
  }

  private static void chooseSize(ObjectNode settings, DataSplit data) {
    if (!settings.has("size")) {
      String name = setting(settings, "architecture").asText();
      int height = data.train().height();
      int width = data.train().width();
      settings.put("size", Architecture.named(name).canvas(height, width));
    }
  }

  private void chooseBatch(ObjectNode settings, DataSplit data) {
    if (!settings.has(BATCH)) {
      settings.put(BATCH, Math.max(2, Math.min(usualBatch, images(settings, data))));
    }
  }

  /** To learn from. */
  private static int images(ObjectNode settings, DataSplit data) {
    return Math.max(1, data.train().size() - setting(settings, "heldOut").asInt());
  }

  private static void chooseSteps(ObjectNode settings, DataSplit data) {
    JsonNode wanted = settings.remove(ConfigFile.EPOCHS);
    if (settings.has(ConfigFile.STEPS)) {
      return;
    }
    double epochs = wanted == null ? DEFAULT_EPOCHS : wanted.asDouble();
    if (!(epochs > 0)) {
      throw new IllegalArgumentException("--epochs must be positive but is " + epochs);
    }
    int batch = Math.max(1, settings.get(BATCH).asInt());
    settings.put(
        ConfigFile.STEPS, Math.max(1, (long) Math.ceil(epochs * images(settings, data) / batch)));
  }

  private static void chooseIntervals(ObjectNode settings) {
    long steps = settings.get(ConfigFile.STEPS).asLong();
    for (String name : REGULAR) {
      if (!settings.has(name)) {
        settings.put(name, Math.max(1, (steps + 9) / 10));
      }
    }
  }

  private static JsonNode setting(ObjectNode settings, String name) {
    return settings.has(name) ? settings.get(name) : Preset.defaults().get(name);
  }
}
