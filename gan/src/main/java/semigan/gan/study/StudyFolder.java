package semigan.gan.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import semigan.gan.data.DataSets;
import semigan.gan.store.JsonFile;
import semigan.gan.store.MetricsLog;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;
import semigan.gan.train.TrainConfig;

/**
 * The folder of a study: {@code study.json}, which holds the settings that all seeds share and what
 * came of each, and a run's folder for each seed, such as {@code seed-03}. Safe for several
 * threads.
 */
public final class StudyFolder {
  /** Settings in which the runs of a study may differ: they do not change what is learnt. */
  private static final Set<String> FREE =
      Set.of("seed", "device", "dataDir", "sampleEvery", "evaluateEvery", "checkpointEvery");

  private static final String FILE = "study.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What {@code study.json} holds. */
  private record Contents(ObjectNode settings, List<SeedResult> seeds) {}

  private final Path path;
  private final ObjectNode settings;
  private final List<SeedResult> seeds;

  private StudyFolder(Path path, Contents contents) {
    this.path = path;
    this.settings = contents.settings;
    this.seeds = new ArrayList<>(contents.seeds);
  }

  /**
   * Makes the folder of a study, or opens it to go on.
   *
   * @param config of any of its seeds
   * @throws IllegalArgumentException if there is one of another config, saying in what they differ
   * @throws StoreException if there is something else of that name, or it cannot be made
   */
  public static StudyFolder open(Path path, TrainConfig config) {
    ObjectNode wanted = binding(config);
    if (Files.exists(path)) {
      StudyFolder found = open(path);
      found.requireSame(wanted);
      return found;
    }
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new StoreException(
          "%s: this folder cannot be made (%s); choose a writable place with --out"
              .formatted(path, StoreException.reason(e)),
          e);
    }
    StudyFolder made = new StudyFolder(path, new Contents(wanted, List.of()));
    made.write();
    return made;
  }

  /**
   * Opens the folder of a study to read it.
   *
   * @throws StoreException if there is none
   */
  public static StudyFolder open(Path path) {
    Path file = path.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new StoreException(
          "%s is not the folder of a study: it has no study.json".formatted(path));
    }
    return new StudyFolder(path, JsonFile.read(file, Contents.class));
  }

  private void requireSame(ObjectNode wanted) {
    ObjectNode found = settings();
    List<String> differences = new ArrayList<>();
    for (Map.Entry<String, JsonNode> setting : found.properties()) {
      JsonNode here = wanted.path(setting.getKey());
      if (!isSame(setting.getKey(), setting.getValue(), here)) {
        differences.add(difference(setting.getKey(), setting.getValue(), here));
      }
    }
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is a study of other settings: %s; give the same ones, or another --out"
              .formatted(path, String.join("; ", differences)));
    }
  }

  private static boolean isSame(String name, JsonNode there, JsonNode here) {
    return name.equals("data") ? isSameData(there.asText(), here.asText()) : there.equals(here);
  }

  private String difference(String name, JsonNode there, JsonNode here) {
    String said =
        "%s is %s there, %s here".formatted(name, there, here.isMissingNode() ? "unknown" : here);
    return name.equals("data") && DataSets.isDirectory(here.asText())
        ? said
            + " (if these are the same images elsewhere, say so in %s)"
                .formatted(path.resolve(FILE))
        : said;
  }

  /** The same folder of images may be named in several ways. */
  private static boolean isSameData(String there, String here) {
    if (there.equals(here)) {
      return true;
    }
    try {
      return DataSets.isDirectory(there)
          && DataSets.isDirectory(here)
          && Files.isSameFile(Path.of(there), Path.of(here));
    } catch (IOException e) {
      return false; // one of them is not there
    }
  }

  /** This study's settings as today's would be written, and those that there are not today. */
  private ObjectNode settings() {
    try {
      ObjectNode all = settings.deepCopy();
      return all.setAll(binding(TrainConfig.of(settings)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(path.resolve(FILE), e.getMessage()), e);
    }
  }

  /** In what the labels of each seed differ from another study's; nothing if they are the same. */
  public List<String> differencesOfLabels(StudyFolder other) {
    return TrainConfig.of(settings()).differencesOfLabels(TrainConfig.of(other.settings()));
  }

  /** The settings in which the runs of a study must be alike. */
  private static ObjectNode binding(TrainConfig config) {
    ObjectNode all = JSON.valueToTree(config);
    return all.remove(FREE);
  }

  /** Takes in what another process has put down since this was opened. */
  synchronized void reload() {
    seeds.clear();
    seeds.addAll(JsonFile.read(path.resolve(FILE), Contents.class).seeds);
  }

  public Path path() {
    return path;
  }

  /** What came of each seed that was begun, by seed. */
  public synchronized List<SeedResult> seeds() {
    return List.copyOf(seeds);
  }

  synchronized Optional<SeedResult> result(long seed) {
    return seeds.stream().filter(result -> result.seed() == seed).findFirst();
  }

  /** Puts down how far a seed is, in place of what was known of it. */
  synchronized void put(SeedResult result) {
    seeds.removeIf(old -> old.seed() == result.seed());
    seeds.add(result);
    seeds.sort(Comparator.comparingLong(SeedResult::seed));
    write();
  }

  private synchronized void write() {
    JsonFile.write(path.resolve(FILE), new Contents(settings, seeds));
  }

  /**
   * The folder of a seed that is finished.
   *
   * @throws StoreException if it is not, or its folder is gone
   */
  RunFolder finished(long seed) {
    if (result(seed).filter(SeedResult::finished).isEmpty()) {
      throw new StoreException(
          "%s has not finished seed %d yet; finish that study first, or give fewer --seeds"
              .formatted(path, seed));
    }
    return RunFolder.open(pathOf(seed));
  }

  /**
   * What the run of a seed was warned of, each with its step; nothing if its folder is gone.
   *
   * @throws StoreException if its metrics are damaged
   */
  public List<String> warnings(long seed) {
    if (!Files.exists(pathOf(seed))) {
      return List.of();
    }
    return MetricsLog.warnings(RunFolder.open(pathOf(seed)).metrics());
  }

  /** The folder of a seed's run, made if it is not there yet. */
  RunFolder run(long seed) {
    return RunFolder.openOrCreate(pathOf(seed));
  }

  private Path pathOf(long seed) {
    return path.resolve(String.format(Locale.ROOT, "seed-%02d", seed));
  }
}
