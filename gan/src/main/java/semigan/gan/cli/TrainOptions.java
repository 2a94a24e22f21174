package semigan.gan.cli;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import semigan.gan.data.DataSplit;
import semigan.gan.store.RunFolder;
import semigan.gan.train.DiffAugment;
import semigan.gan.train.GeneratorLoss;
import semigan.gan.train.Precision;
import semigan.gan.train.Preset;
import semigan.gan.train.TrainConfig;

/**
 * What {@code train} can be told. An option beats the {@code --config} file, which beats the
 * default.
 */
final class TrainOptions {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NOTHING = "none";

  /** Takes a loss by the name that it has in {@code config.json}. */
  static final class LossConverter implements ITypeConverter<GeneratorLoss> {
    @Override
    public GeneratorLoss convert(String name) {
      return named(GeneratorLoss.class, name);
    }
  }

  /** Takes a precision by the name that it has in {@code config.json}. */
  static final class PrecisionConverter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String name) {
      return named(Precision.class, name);
    }
  }

  /** Takes changes by the names that they have in {@code config.json}, or {@code none} alone. */
  static final class AugmentConverter implements ITypeConverter<AugmentList> {
    @Override
    public AugmentList convert(String list) {
      if (list.equals(NOTHING)) {
        return new AugmentList(List.of());
      }
      return new AugmentList(
          Arrays.stream(list.split(",", -1))
              .map(name -> named(DiffAugment.class, name.strip()))
              .toList());
    }
  }

  /** A list in one option: picocli takes a bare one for an option that is given many times. */
  record AugmentList(List<DiffAugment> changes) {}

  private static <E> E named(Class<E> type, String name) {
    for (E value : type.getEnumConstants()) {
      if (value.toString().equals(name)) {
        return value;
      }
    }
    throw new TypeConversionException(
        "expected one of %s but was '%s'"
            .formatted(String.join(", ", ConfigFile.names(type)), name));
  }

  /** What a run is made of. */
  record Resolved(TrainConfig config, DataSplit data) {
    /**
     * The config of a teacher by this preset, on the same data; in its pupil's precision, unless
     * the preset needs one of its own, as feature matching does.
     */
    TrainConfig teacher(String preset) {
      ObjectNode shared = JSON.createObjectNode();
      put(shared, "data", config.images().data());
      put(shared, "dataDir", config.images().dataDir());
      put(shared, "labels", config.images().labels());
      put(shared, "heldOut", config.images().heldOut());
      put(shared, "seed", config.run().seed());
      put(shared, "device", config.run().device());
      ObjectNode own = Preset.named(preset).settings();
      if (!own.has("precision")) {
        put(shared, "precision", config.run().precision());
      }
      return new ConfigBuilder().from(own).with(shared).build(data);
    }
  }

  /** The presets' names, and what each is, a line each, for {@code --help}. */
  static final class Presets implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      // As one: picocli would put a comma behind each address.
      return List.of(Preset.all().stream().map(Presets::line).collect(joining())).iterator();
    }

    private static String line(Preset preset) {
      String from = preset.paper().isEmpty() ? "" : " (" + preset.paper() + ")";
      return "%n%s: %s%s".formatted(preset.name(), preset.description(), from);
    }
  }

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      completionCandidates = Presets.class,
      description =
          "A recipe to start from, which --config and the other options change:${COMPLETION-CANDIDATES}")
  private String preset;

  @Option(
      names = "--data",
      paramLabel = "NAME|DIR",
      description = "glyphs (built in), mnist, fashion-mnist, or a directory (default: glyphs).")
  private String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where to look for the data first.")
  private String dataDir;

  @Option(
      names = "--labels",
      paramLabel = "N",
      description =
          "Training images that keep their label, as many of each class; 0 for none (default: 100; of a folder of images, as many of each class as its smallest one has).")
  private Integer labels;

  @Option(
      names = "--held-out",
      paramLabel = "N",
      description =
          "Training images kept out of training to measure on, as many of each class; tune on these, never on the test images, which 'evaluate' measures then (default: 0, measures on the test images without choosing by them).")
  private Integer heldOut;

  @Option(
      names = "--teacher",
      paramLabel = "RUN|STUDY",
      split = ",",
      description =
          "A finished run with the same labels, for 'study' a study with the same seeds, whose classifier teaches this one; of several, with commas between them, what they say on average. Needs a consistency term, as of conv-ssl.")
  private List<Path> teachers;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often to go through the training images (default: 10).")
  private Double epochs;

  @Option(names = "--steps", paramLabel = "N", description = "Steps to take, instead of epochs.")
  private Long steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Unlabelled images a step (default: 64, or all if there are fewer).")
  private Integer batch;

  @Option(
      names = "--labelled-batch",
      paramLabel = "N",
      description = "Labelled images a step (default: 32).")
  private Integer labelledBatch;

  @Option(
      names = "--size",
      paramLabel = "N",
      description =
          "The networks' height and width: 32 or 64 (default: the smaller that holds the data).")
  private Integer size;

  @Option(
      names = "--filters",
      paramLabel = "N",
      description =
          "Width of the networks: channels of the layers nearest to the image (default: 32).")
  private Integer filters;

  @Option(
      names = "--latent",
      paramLabel = "N",
      description = "Length of the generator's input (default: 100).")
  private Integer latent;

  @Option(
      names = "--generator-loss",
      paramLabel = "LOSS",
      converter = LossConverter.class,
      description = "adversarial, feature-matching or both (default: both).")
  private GeneratorLoss generatorLoss;

  @Option(
      names = "--rate",
      paramLabel = "X",
      description = "Learning rate of both networks (default: 0.0002).")
  private Float rate;

  @Option(
      names = "--shift",
      paramLabel = "PIXELS",
      description = "Augmentation: move training images by up to so many pixels (default: 0).")
  private Integer shift;

  @Option(
      names = "--flip",
      negatable = true,
      description = "Augmentation: mirror training images, left to right (default: no).")
  private Boolean flip;

  @Option(
      names = "--augment",
      paramLabel = "LIST",
      converter = AugmentConverter.class,
      description =
          "For little data: translation, cutout, colour, joined by commas, or none. Changes real and generated images alike before the discriminator sees them; DiffAugment, arXiv:2006.10738 (default: none).")
  private AugmentList augment;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of everything random, the choice of labels too (default: 1).")
  private Long seed;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = Output.DEVICES + " (default: auto).")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      converter = PrecisionConverter.class,
      description =
          "How activations are stored: f32, or bf16 on a GPU or a processor with AVX-512 BF16 (default: f32).")
  private Precision precision;

  @Option(names = "--sample-every", paramLabel = "STEPS", description = "Steps between grids.")
  private Long sampleEvery;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A config.json to start from, whole or in part.")
  private Path configFile;

  /** The preset that was asked for. */
  Optional<String> presetName() {
    return Optional.ofNullable(preset);
  }

  /** The presets whose runs are to teach this one; none where {@code --teacher} says who does. */
  List<String> missingTeachers() {
    return preset == null || teachers != null ? List.of() : Preset.named(preset).teachers();
  }

  /** Says who teaches, as {@code --teacher} does. */
  void taughtBy(List<Path> folders) {
    teachers = folders;
  }

  /**
   * The config and its data.
   *
   * @param resumed the run to go on with, or null for a new one
   * @throws IllegalArgumentException if something is not allowed
   */
  Resolved resolve(RunFolder resumed) {
    if (epochs != null && steps != null) {
      throw new IllegalArgumentException(
          "--epochs and --steps both say how long to train; give one of them");
    }
    if (teachers != null && teachers.isEmpty()) {
      throw new IllegalArgumentException("--teacher names no run; give one, or leave it out");
    }
    if (preset != null && resumed != null) {
      throw new IllegalArgumentException(
          "--preset begins a run, and --resume goes on with one; give one of them");
    }
    if (!missingTeachers().isEmpty()) {
      throw new IllegalArgumentException(
          "preset %s is taught by runs of %s; 'study' makes them first, or give finished ones with --teacher"
              .formatted(preset, String.join(", ", missingTeachers())));
    }
    ConfigBuilder given = given(resumed);
    DataSplit split = given.openData();
    TrainConfig config = given.build(split);
    if (resumed != null) {
      requireSameLabels(resumed, config);
    }
    return new Resolved(config, split);
  }

  private static void requireSameLabels(RunFolder resumed, TrainConfig config) {
    List<String> differences = config.differencesOfLabels(TrainConfig.read(resumed.config()));
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has learnt from other labels: %s; go on without these options, or start a new run"
              .formatted(resumed, String.join("; ", differences)));
    }
  }

  /** What was said of the settings; what is said last counts. */
  private ConfigBuilder given(RunFolder resumed) {
    ConfigBuilder given = new ConfigBuilder();
    if (resumed != null) {
      given.with(ConfigFile.read(resumed.config()));
    }
    if (preset != null) {
      given.from(Preset.named(preset).settings());
    }
    if (configFile != null) {
      given.with(ConfigFile.read(configFile));
    }
    return given.with(options());
  }

  private ObjectNode options() {
    ObjectNode target = JSON.createObjectNode();
    put(target, "data", data);
    put(target, "dataDir", dataDir);
    put(target, "labels", labels);
    put(target, "heldOut", heldOut);
    put(
        target,
        "teacher",
        teachers == null ? null : teachers.stream().map(Path::toString).toList());
    put(target, ConfigFile.EPOCHS, epochs);
    put(target, ConfigFile.STEPS, steps);
    put(target, "batch", batch);
    put(target, "labelledBatch", labelledBatch);
    put(target, "size", size);
    put(target, "filters", filters);
    put(target, "latent", latent);
    put(target, "generatorLoss", generatorLoss);
    put(target, "generatorRate", rate);
    put(target, "discriminatorRate", rate);
    put(target, "shift", shift);
    put(target, "flip", flip);
    put(target, "augment", augment == null ? null : augment.changes());
    put(target, "seed", seed);
    put(target, "device", device);
    put(target, "precision", precision);
    put(target, "sampleEvery", sampleEvery);
    return target;
  }

  private static void put(ObjectNode target, String name, Object value) {
    if (value != null) {
      target.set(name, JSON.valueToTree(value));
    }
  }
}
