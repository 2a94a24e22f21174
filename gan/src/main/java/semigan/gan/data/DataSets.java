package semigan.gan.data;

import static java.util.stream.Collectors.joining;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds and opens data sets by name or by directory. */
public final class DataSets {
  /** The environment variable that names a directory to look in. */
  public static final String ENVIRONMENT_VARIABLE = "SEMIGAN_DATA";

  private static final String GLYPHS = "glyphs";

  /**
   * A data set of four IDX files, 28x28x1, 60,000 and 10,000 images, ten classes.
   *
   * @param firstTestLabels by which it is known, whatever its folder is called
   */
  private record Known(
      String name,
      String description,
      List<String> classNames,
      String firstTestLabels,
      String debianPackage) {
    boolean has(byte[] testLabels) {
      return IntStream.range(0, Math.min(testLabels.length, firstTestLabels.length()))
          .mapToObj(i -> Integer.toString(testLabels[i]))
          .collect(joining())
          .equals(firstTestLabels);
    }

    String howToGet(DataOptions options) {
      String byHand =
          "put %s (each may end in .gz) into %s"
              .formatted(String.join(", ", IdxDirectory.FILES), cache(options, name));
      return debianPackage.isEmpty()
          ? byHand
          : "apt-get install " + debianPackage + ", or " + byHand;
    }
  }

  private static final List<Known> KNOWN =
      List.of(
          new Known(
              "mnist",
              "handwritten digits",
              List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
              "721041495906901597349665407401",
              ""),
          new Known(
              "fashion-mnist",
              "clothes and shoes",
              List.of(
                  "T-shirt",
                  "trousers",
                  "pullover",
                  "dress",
                  "coat",
                  "sandal",
                  "shirt",
                  "sneaker",
                  "bag",
                  "ankle boot"),
              "921161465745734124802579146093",
              "dataset-fashion-mnist"));

  private DataSets() {}

  /**
   * Opens a data set.
   *
   * @param nameOrDirectory {@code glyphs}, {@code mnist}, {@code fashion-mnist}, or a directory
   *     that holds four IDX files named as MNIST's are, or images in one sub-folder per class
   * @throws IllegalArgumentException if there is no data set of that name and no such directory
   * @throws DataException if it is not found, with the places looked in and the ways to get it, if
   *     the files are those of another, or if one is damaged
   */
  public static DataSplit open(String nameOrDirectory, DataOptions options) {
    if (nameOrDirectory.equals(GLYPHS)) {
      return Glyphs.split(Glyphs.SEED);
    }
    for (Known known : KNOWN) {
      if (known.name.equals(nameOrDirectory)) {
        return openKnown(known, options);
      }
    }
    return openDirectory(nameOrDirectory, options);
  }

  /** Whether this is no name but says where the data lies. */
  public static boolean isDirectory(String nameOrDirectory) {
    return !nameOrDirectory.equals(GLYPHS)
        && KNOWN.stream().noneMatch(known -> known.name.equals(nameOrDirectory));
  }

  /** Whether this is a directory of images in sub-folders, where unlabelled ones lie apart. */
  public static boolean isImageFolder(String nameOrDirectory) {
    return isDirectory(nameOrDirectory) && !new IdxDirectory(path(nameOrDirectory)).isMeant();
  }

  /** The data sets known by name, and whether they are at hand. */
  public static List<DataSetInfo> list(DataOptions options) {
    List<DataSetInfo> infos = new ArrayList<>();
    infos.add(
        new DataSetInfo(
            GLYPHS,
            "digits drawn by this program",
            GlyphPen.SIZE,
            GlyphPen.SIZE,
            1,
            10,
            Glyphs.TRAIN_SIZE,
            Glyphs.TEST_SIZE,
            true,
            Optional.empty(),
            "built in"));
    for (Known known : KNOWN) {
      Optional<Path> location =
          complete(known, options).stream()
              .filter(place -> other(known, place).isEmpty())
              .map(IdxDirectory::path)
              .findFirst();
      infos.add(
          new DataSetInfo(
              known.name,
              known.description,
              28,
              28,
              1,
              known.classNames.size(),
              60_000,
              10_000,
              location.isPresent(),
              location,
              known.howToGet(options)));
    }
    return infos;
  }

  private static DataSplit openKnown(Known known, DataOptions options) {
    Optional<Path> given = options.directory();
    if (given.isPresent() && !Files.isDirectory(given.get())) {
      throw missing(known, options, "--data-dir %s is no directory".formatted(given.get()));
    }
    List<IdxDirectory> complete = complete(known, options);
    for (IdxDirectory directory : complete) {
      if (other(known, directory).isEmpty()) {
        return directory.read(known.name, known.classNames);
      }
    }
    if (!complete.isEmpty()) {
      IdxDirectory first = complete.get(0);
      throw new DataException(
          "%s holds %s, as its test labels show, and not %s; name a directory of %s with --data-dir DIR or %s=DIR"
              .formatted(
                  first,
                  other(known, first).orElseThrow().name,
                  known.name,
                  known.name,
                  ENVIRONMENT_VARIABLE));
    }
    return places(known, options).stream()
        .map(IdxDirectory::new)
        .filter(IdxDirectory::isMeant)
        .findFirst()
        .orElseThrow(() -> missing(known, options, known.name + " was not found"))
        .read(known.name, known.classNames);
  }

  private static List<IdxDirectory> complete(Known known, DataOptions options) {
    return places(known, options).stream()
        .map(IdxDirectory::new)
        .filter(IdxDirectory::isComplete)
        .toList();
  }

  /**
   * Which other data set a directory holds, if so: all of them have files of the same names. One
   * whose labels cannot be read is taken for what it is asked for, so that its reader says why.
   */
  private static Optional<Known> other(Known known, IdxDirectory directory) {
    try {
      byte[] labels = directory.testLabels();
      return KNOWN.stream().filter(other -> other != known && other.has(labels)).findFirst();
    } catch (DataException e) {
      return Optional.empty();
    }
  }

  private static DataException missing(Known known, DataOptions options, String problem) {
    String lookedIn =
        String.join(", ", places(known, options).stream().map(Path::toString).toList());
    return new DataException(
        "%s; looked for %s in %s; to get it: %s; or name another place with --data-dir DIR or %s=DIR; --data glyphs needs no files"
            .formatted(
                problem, known.name, lookedIn, known.howToGet(options), ENVIRONMENT_VARIABLE));
  }

  /** Where the four files may lie, in the order that they are looked for. */
  private static Set<Path> places(Known known, DataOptions options) {
    Set<Path> places = new LinkedHashSet<>();
    options.directory().ifPresent(directory -> addBoth(places, directory, known.name));
    String variable = options.environment().getOrDefault(ENVIRONMENT_VARIABLE, "");
    if (!variable.isEmpty()) {
      addBoth(places, path(variable), known.name);
    }
    places.add(cache(options, known.name));
    if (!known.debianPackage.isEmpty()) {
      places.add(options.systemData().resolve(known.name));
    }
    return places;
  }

  /** DIR/NAME comes first: it says which data set it is, DIR does not. */
  private static void addBoth(Set<Path> places, Path directory, String name) {
    places.add(directory.resolve(name));
    places.add(directory);
  }

  private static Path cache(DataOptions options, String name) {
    return options.home().resolve(".cache").resolve("semigan").resolve(name);
  }

  private static DataSplit openDirectory(String name, DataOptions options) {
    Path directory = path(name);
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "no data set is called '%s' and there is no directory %s; expected glyphs, mnist,"
                  .formatted(name, directory.toAbsolutePath())
              + " fashion-mnist, or a directory with one sub-folder of images per class; --data says"
              + " where one is that was moved");
    }
    IdxDirectory idx = new IdxDirectory(directory);
    return idx.isMeant() ? idx.read(name, List.of()) : ImageFolder.open(directory, options);
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new DataException("'%s' is no path: %s".formatted(name, e.getReason()), e);
    }
  }
}
