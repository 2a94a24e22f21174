package semigan.gan.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import semigan.gan.model.GanModel;
import semigan.gan.store.StoreException;
import semigan.nn.StateException;
import semigan.nn.StateFile;
import semigan.tensor.Tensor;

/**
 * The checkpoints of a run: {@code 000400.safetensors} for step 400, of which the newest few are
 * kept.
 */
final class Checkpoints {
  private static final int KEPT = 2;
  private static final String SUFFIX = ".safetensors";

  private final Path folder;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes a checkpoint, then drops the oldest ones, and those of later steps, which a run that has
   * come to this one could not go on from.
   */
  Path save(long step, Map<String, Tensor> state, Map<String, String> metadata) {
    Path file = folder.resolve(String.format(Locale.ROOT, "%06d%s", step, SUFFIX));
    Map<String, String> described = new HashMap<>(metadata);
    described.put("semigan.step", Long.toString(step));
    try {
      StateFile.save(file, state, described);
      List<Path> all = oldestFirst();
      int upToThis = all.indexOf(file) + 1;
      for (Path later : all.subList(upToThis, all.size())) {
        drop(later);
      }
      for (Path old : all.subList(0, Math.max(0, upToThis - KEPT))) {
        drop(old);
      }
    } catch (IOException e) {
      throw new StoreException(e.getMessage(), e);
    }
    return file;
  }

  private static void drop(Path checkpoint) {
    try {
      Files.deleteIfExists(checkpoint);
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be deleted: %s".formatted(checkpoint, StoreException.reason(e)), e);
    }
  }

  /**
   * Loads the newest checkpoint that is whole.
   *
   * @param classes names of the data's classes
   * @param warnings hears of those that are not
   * @return the step after which it was written, or nothing if there are no checkpoints
   * @throws IllegalArgumentException if the newest whole one learnt other classes
   * @throws StoreException if there are checkpoints but none is whole, or the newest whole one is
   *     of another architecture: to begin again would overwrite the run
   */
  Optional<Long> loadNewest(
      Map<String, Tensor> state, List<String> classes, Consumer<String> warnings) {
    List<Path> files = oldestFirst();
    for (int i = files.size() - 1; i >= 0; i--) {
      try {
        GanModel.readSpec(files.get(i)).requireClasses("the model in " + files.get(i), classes);
        StateFile.load(files.get(i), state);
        return Optional.of(step(files.get(i)));
      } catch (StateException e) {
        throw new StoreException(e.getMessage(), e);
      } catch (IOException e) {
        warnings.accept("skipped a damaged checkpoint: " + e.getMessage());
      }
    }
    if (!files.isEmpty()) {
      throw new StoreException(
          "%s: none of the %d checkpoints is whole; start a new run"
              .formatted(folder, files.size()));
    }
    return Optional.empty();
  }

  Optional<Path> newest() {
    List<Path> files = oldestFirst();
    return files.isEmpty() ? Optional.empty() : Optional.of(files.get(files.size() - 1));
  }

  /** The step after which the newest was written. */
  Optional<Long> newestStep() {
    return newest().map(Checkpoints::step);
  }

  /** None, too, if their folder is gone. */
  private List<Path> oldestFirst() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = new ArrayList<>(files.filter(Checkpoints::isCheckpoint).toList());
      found.sort((a, b) -> Long.compare(step(a), step(b)));
      return found;
    } catch (IOException e) {
      throw new StoreException(
          "%s: the checkpoints cannot be listed: %s".formatted(folder, StoreException.reason(e)),
          e);
    }
  }

  private static boolean isCheckpoint(Path file) {
    return file.getFileName().toString().matches("\\d{6,18}\\.safetensors");
  }

  private static long step(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }
}
