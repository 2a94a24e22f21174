package semigan.gan.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A directory with the four IDX files of a data set laid out as MNIST is. */
final class IdxDirectory {
  /** The four files, as they are called when unpacked. */
  static final List<String> FILES =
      List.of(
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte");

  private final Path directory;

  IdxDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Whether any of the four files is there: then the directory is meant to hold such a data set.
   */
  boolean isMeant() {
    return FILES.stream().anyMatch(file -> find(file).isPresent());
  }

  /** Whether all four files are there. */
  boolean isComplete() {
    return FILES.stream().allMatch(file -> find(file).isPresent());
  }

  /**
   * Reads all four files.
   *
   * @param name what the data set is called
   * @param classNames the classes' names, or empty to number as many as the labels use
   */
  DataSplit read(String name, List<String> classNames) {
    List<Path> files = FILES.stream().map(this::require).toList();
    IdxFile.Images trainImages = IdxFile.readImages(files.get(0));
    byte[] trainLabels = IdxFile.readLabels(files.get(1));
    List<String> classes = classNames.isEmpty() ? numbered(trainLabels) : classNames;
    ImageDataset train = dataset(name + " train", trainImages, trainLabels, classes, files);
    List<Path> testFiles = files.subList(2, 4);
    ImageDataset test =
        dataset(
            name + " test",
            IdxFile.readImages(testFiles.get(0)),
            IdxFile.readLabels(testFiles.get(1)),
            classes,
            testFiles);
    return new DataSplit(train, test);
  }

  /**
   * The labels of its test images.
   *
   * @throws DataException if they are missing or damaged
   */
  byte[] testLabels() {
    return IdxFile.readLabels(require(FILES.get(3)));
  }

  Path path() {
    return directory;
  }

  private static ImageDataset dataset(
      String name, IdxFile.Images images, byte[] labels, List<String> classes, List<Path> files) {
    int count = images.pixels().length;
    if (count != labels.length) {
      throw new DataException(
          "%s holds %d images but %s holds %d labels; they are not of one data set"
              .formatted(files.get(0), count, files.get(1), labels.length));
    }
    int[] classOf = new int[count];
    for (int i = 0; i < count; i++) {
      classOf[i] = labels[i] & 0xff;
      if (classOf[i] >= classes.size()) {
        // The labels begin after the magic number and the count.
        throw new DataException(
            "%s: label at offset %d is %d, expected 0 to %d"
                .formatted(files.get(1), 8 + i, classOf[i], classes.size() - 1));
      }
    }
    return new StoredImages(
        new StoredImages.Form(name, images.height(), images.width(), 1, classes),
        images.pixels(),
        classOf);
  }

  private static List<String> numbered(byte[] labels) {
    int last = 0;
    for (byte label : labels) {
      last = Math.max(last, label & 0xff);
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      names.add(Integer.toString(i));
    }
    return names;
  }

  private Path require(String file) {
    return find(file)
        .orElseThrow(
            () ->
                new DataException(
                    "%s: %s is missing (looked for %s)"
                        .formatted(directory, file, String.join(", ", spellings(file)))));
  }

  private Optional<Path> find(String file) {
    return spellings(file).stream()
        .map(directory::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Some tools write train-images.idx3-ubyte for train-images-idx3-ubyte. */
  private static List<String> spellings(String file) {
    String dotted = file.replace("-idx", ".idx");
    return List.of(file, file + ".gz", dotted, dotted + ".gz");
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
