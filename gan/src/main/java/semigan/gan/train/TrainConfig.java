package semigan.gan.train;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.gan.store.JsonFile;
import semigan.gan.store.RunFolder;

/**
 * Everything that a training run is made of; what {@code config.json} holds, there without the
 * grouping.
 */
public record TrainConfig(
    @JsonUnwrapped DataSettings images,
    @JsonUnwrapped NetworkSettings network,
    @JsonUnwrapped Objective objective,
    @JsonUnwrapped LearningSettings learning,
    @JsonUnwrapped RunSettings run) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  public TrainConfig {
    if (images.labels() == 0 && network.latent() == 0) {
      throw new IllegalArgumentException(
          "without labels (labels is 0) and without a generator (latent is 0) there is nothing to learn; give one of them");
    }
    if (!images.teacher().isEmpty() && objective.consistency() == 0) {
      throw new IllegalArgumentException(
          "a teacher is asked by the consistency term alone, but consistency is 0; give it a weight, as the preset conv-ssl does");
    }
  }

  /** Whether no unlabelled image is learnt from. */
  boolean labelledAlone() {
    return network.latent() == 0 && !objective.regularises();
  }

  /** Real images of a step: the unlabelled ones, or the labelled ones where it has no others. */
  public int imagesPerStep() {
    return labelledAlone() ? learning.labelledBatch() : learning.batch();
  }

  /** Whether the generator's features are held against those of other images than its step's. */
  boolean matchesFreshFeatures() {
    return network.latent() > 0
        && objective.freshFeatures()
        && objective.generatorLoss().matchesFeatures();
  }

  /** Every setting by the name that it has in {@code config.json}, with its type. */
  public static Map<String, RecordComponent> settings() {
    Map<String, RecordComponent> settings = new LinkedHashMap<>();
    for (RecordComponent group : TrainConfig.class.getRecordComponents()) {
      for (RecordComponent setting : group.getType().getRecordComponents()) {
        settings.put(setting.getName(), setting);
      }
    }
    return settings;
  }

  /**
   * The config of these settings; one that is missing is as in {@link Preset#defaults}.
   *
   * @throws IllegalArgumentException if a value is not allowed, or one without a default missing
   */
  public static TrainConfig of(ObjectNode settings) {
    ObjectNode all = Preset.defaults();
    all.setAll(settings);
    try {
      return JSON.treeToValue(all, TrainConfig.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          e.getCause() instanceof IllegalArgumentException cause
              ? cause.getMessage()
              : e.getOriginalMessage(),
          e);
    }
  }

  /** As {@link #of(ObjectNode)}. */
  public static TrainConfig of(Map<String, ?> settings) {
    return of(JSON.<ObjectNode>valueToTree(settings));
  }

  /**
   * Reads a {@code config.json}, also one from before some settings there are today.
   *
   * @throws semigan.gan.store.StoreException if it cannot be read
   * @throws IllegalArgumentException as of {@link #of(ObjectNode)}
   */
  public static TrainConfig read(Path file) {
    return of(JsonFile.readObject(file));
  }

  /**
   * In what the images and labels that a run of this config knows differ from those of another: one
   * that knows the others too would be told what it is measured by. Nothing if they are the same. A
   * folder of images goes by its name, since it may be moved.
   */
  public List<String> differencesOfLabels(TrainConfig other) {
    List<String> differences = new ArrayList<>();
    compare(
        differences, "data", RunFolder.plain(other.images.data()), RunFolder.plain(images.data()));
    compare(differences, "labels", other.images.labels(), images.labels());
    compare(differences, "heldOut", other.images.heldOut(), images.heldOut());
    compare(differences, "seed", other.run.seed(), run.seed());
    return differences;
  }

  private static void compare(List<String> differences, String name, Object there, Object here) {
    if (!there.equals(here)) {
      differences.add("%s is %s there, %s here".formatted(name, there, here));
    }
  }

  /** Settings of {@code before} that are others here, as they were. */
  ObjectNode replaced(TrainConfig before) {
    ObjectNode now = JSON.valueToTree(this);
    ObjectNode replaced = JSON.valueToTree(before);
    replaced.properties().removeIf(setting -> setting.getValue().equals(now.get(setting.getKey())));
    return replaced;
  }

  /** This config with another choice of labels, and all else random another. */
  public TrainConfig withSeed(long seed) {
    return new TrainConfig(images, network, objective, learning, run.withSeed(seed));
  }

  /** This config with other teachers. */
  public TrainConfig withTeachers(List<Path> folders) {
    return new TrainConfig(images.withTeachers(folders), network, objective, learning, run);
  }

  /** This config on the device that was found. */
  public TrainConfig on(String found) {
    return new TrainConfig(images, network, objective, learning, run.on(found));
  }

  /** The same classifier's on the labelled images alone, at a constant rate. */
  TrainConfig baseline(long mostSteps) {
    return new TrainConfig(
        images.withTeachers(List.of()),
        new NetworkSettings(network.architecture(), network.filters(), 0),
        Objective.none(),
        learning.withSteps(Math.min(learning.steps(), mostSteps)),
        run);
  }

  /** This config with another number of {@link #imagesPerStep}. */
  TrainConfig withImagesPerStep(int other) {
    LearningSettings changed =
        labelledAlone() ? learning.withLabelledBatch(other) : learning.withBatch(other);
    return new TrainConfig(images, network, objective, changed, run);
  }
}
