package semigan.gan.store;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import semigan.nn.safetensors.AtomicFile;

/**
 * The folder of one training run, and where each thing lies in it:
 *
 * <pre>
 * config.json  environment.json  metrics.jsonl  log.txt  loss.png  model.safetensors  lock
 * events.out.tfevents.1767225600.semigan
 * samples/000200.png  checkpoints/
 * </pre>
 */
public final class RunFolder {
  private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final String CONFIG = "config.json";
  private static final String MODEL = "model.safetensors";

  private static final boolean WINDOWS = File.separatorChar == '\\';

  /** What a shell takes as it is. */
  private static final Pattern PLAIN =
      Pattern.compile(WINDOWS ? "[\\w./\\\\:+@-]+" : "[\\w./:+,@%=-]+");

  /** Two runs that start within a second are told apart; more than this many is a mistake. */
  private static final int MAX_SUFFIX = 1000;

  private final Path path;

  private RunFolder(Path path) {
    this.path = path;
  }

  /**
   * Makes {@code runs/TIMESTAMP-DATA}, with {@code -2}, {@code -3}, ... if that is taken.
   *
   * @param data what the run learns from: a name, or a path of which the last part is used
   * @throws StoreException if the folder cannot be made
   */
  public static RunFolder create(Path runs, String data, LocalDateTime now) {
    String name = TIMESTAMP.format(now) + "-" + plain(data);
    for (int n = 1; n <= MAX_SUFFIX; n++) {
      Path path = runs.resolve(n == 1 ? name : name + "-" + n);
      if (make(path)) {
        return new RunFolder(path);
      }
    }
    throw new StoreException(
        "%s: %d runs have this name".formatted(runs.resolve(name), MAX_SUFFIX));
  }

  /**
   * Makes a run folder of the given name, or takes that of a run that ended before it had written
   * its config. Where two do so at once, the lock decides.
   *
   * @throws StoreException if there is something else of that name already, or it cannot be made
   */
  public static RunFolder create(Path path) {
    if (!make(path)) {
      if (isRun(path)) {
        throw new StoreException(
            "%s exists already; choose another name, or continue it with --resume %s"
                .formatted(path, argument(path)));
      }
      if (!isUnused(path)) {
        throw new StoreException(path + " exists already, and is no run; choose another name");
      }
      makeInside(path);
    }
    return new RunFolder(path);
  }

  /** Whether it holds nothing but what a run has before its config. */
  private static boolean isUnused(Path path) {
    Set<Path> first =
        Set.of(
            path,
            path.resolve("samples"),
            path.resolve("checkpoints"),
            path.resolve("environment.json"),
            path.resolve("log.txt"),
            path.resolve("lock"));
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> all = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
      return all.allMatch(first::contains);
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /**
   * Opens the folder of a run that may have begun already, or makes it.
   *
   * @throws StoreException if it cannot be made
   */
  public static RunFolder openOrCreate(Path path) {
    if (!make(path)) { // it was stopped before it wrote anything, perhaps
      makeInside(path);
    }
    return new RunFolder(path);
  }

  /**
   * Opens the folder of an earlier run.
   *
   * @throws StoreException if there is none, saying what is there instead
   */
  public static RunFolder open(Path path) {
    if (!Files.exists(path)) {
      throw new StoreException(path + ": no such run folder");
    }
    if (!Files.isDirectory(path)) {
      throw new StoreException(path + " is a file, expected a run folder");
    }
    if (!isRun(path)) {
      throw new StoreException(path + " is not a run folder: it has no " + CONFIG);
    }
    return new RunFolder(path);
  }

  /** Whether this is the folder of a run. */
  public static boolean isRun(Path path) {
    return Files.isRegularFile(path.resolve(CONFIG));
  }

  /**
   * The model file that a {@code MODEL} argument means: itself, or the one in a run folder.
   *
   * @throws StoreException if there is none, saying why and what to do
   */
  public static Path modelFile(Path model) {
    if (!Files.exists(model)) {
      throw new StoreException(model + ": no such model file or run folder");
    }
    if (!Files.isDirectory(model)) {
      return model;
    }
    Path file = model.resolve(MODEL);
    if (Files.isRegularFile(file)) {
      return file;
    }
    if (isRun(model)) {
      throw new StoreException(
          "%s is a run that has not saved its %s yet: wait for it, or finish it with train --resume %s"
              .formatted(model, MODEL, argument(model)));
    }
    throw new StoreException(
        "%s is neither a model file nor a run folder: it has no %s".formatted(model, MODEL));
  }

  /** A path as a shell takes it for one word. */
  public static String argument(Path path) {
    String text = path.toString();
    if (PLAIN.matcher(text).matches()) {
      return text;
    }
    return WINDOWS ? '"' + text + '"' : "'" + text.replace("'", "'\\''") + "'";
  }

  public Path path() {
    return path;
  }

  /**
   * Deletes the parts of files that a run which was killed has left; whoever calls has its lock.
   *
   * @throws StoreException if one cannot be deleted
   */
  public void removeLeftovers() {
    try {
      for (Path folder : List.of(path, checkpoints(), path.resolve("samples"))) {
        if (Files.isDirectory(folder)) {
          AtomicFile.removeLeftovers(folder);
        }
      }
    } catch (IOException e) {
      throw new StoreException(
          "%s: parts of files cannot be deleted: %s".formatted(path, StoreException.reason(e)), e);
    }
  }

  /** The resolved settings of the run. */
  public Path config() {
    return path.resolve(CONFIG);
  }

  /** What it ran on: versions, device, threads. */
  public Path environment() {
    return path.resolve("environment.json");
  }

  /** One JSON object a line; see {@link MetricsLog}. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** The grid drawn after {@code step} steps, such as {@code samples/000200.png}. */
  public Path sample(long step) {
    return path.resolve("samples").resolve(String.format(Locale.ROOT, "%06d.png", step));
  }

  public Path lossChart() {
    return path.resolve("loss.png");
  }

  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** The finished model. */
  public Path model() {
    return path.resolve(MODEL);
  }

  public Path log() {
    return path.resolve("log.txt");
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** Makes the folder and those inside it; false if its name is taken. */
  private static boolean make(Path path) {
    try {
      Path parent = path.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      // The system decides who comes first, should two runs want the same name.
      try {
        Files.createDirectory(path);
      } catch (FileAlreadyExistsException e) {
        return false;
      }
    } catch (IOException e) {
      throw cannotMake(path, e);
    }
    makeInside(path);
    return true;
  }

  private static void makeInside(Path path) {
    try {
      Files.createDirectories(path.resolve("samples"));
      Files.createDirectories(path.resolve("checkpoints"));
    } catch (IOException e) {
      throw cannotMake(path, e);
    }
  }

  private static StoreException cannotMake(Path path, IOException cause) {
    return new StoreException(
        "%s: this run folder cannot be made (%s); choose a writable place with --out"
            .formatted(path, StoreException.reason(cause)),
        cause);
  }

  /** The last part of a path, in characters that every file system and shell takes as they are. */
  public static String plain(String data) {
    Path last = Path.of(data).toAbsolutePath().normalize().getFileName();
    String name = last == null ? "" : last.toString().replaceAll("[^A-Za-z0-9._]+", "-");
    return name.isEmpty() ? "data" : name;
  }
}
