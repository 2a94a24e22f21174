package semigan.gan.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import semigan.gan.store.StoreException;

/**
 * A directory of PNG and JPEG files as a data set: one sub-folder per class, and {@code
 * unlabelled/} for images whose class is not known. If there are {@code train/} and {@code test/},
 * each holds such sub-folders; else one labelled image in ten, by a hash of class and file name, is
 * for testing, so that a file stays on its side when others come and go. Files of other types and
 * hidden ones are passed over.
 */
final class ImageFolder {
  private static final Set<String> UNLABELLED_FOLDERS = Set.of("unlabelled", "unlabeled");
  private static final int TEST_ONE_IN = 10;

  /** What Java puts for bytes that are no letters to it. */
  private static final char UNREADABLE = '\ufffd';

  /** The most memory that images take, if the heap is large enough for twice that. */
  private static final long MAX_BYTES = 2L << 30;

  /** One file and what is known of it before it is opened. */
  record Entry(Path file, int label, boolean test) {}

  private final Path root;
  private final List<String> classNames = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();

  private ImageFolder(Path root) {
    this.root = root;
  }

  /** Reads all of it into memory, as bytes of {@code options.imageSize()} squared. */
  static DataSplit open(Path root, DataOptions options) {
    ImageFolder folder = new ImageFolder(root);
    try {
      folder.scan();
    } catch (IOException e) {
      throw new DataException(
          "%s: cannot be listed: %s".formatted(unlisted(root, e), StoreException.reason(e)), e);
    }
    long budget = Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / 2);
    return new ImageFolderReader(root, folder.classNames, options, budget).read(folder.entries);
  }

  /** What could not be listed, which may be a folder inside. */
  private static Path unlisted(Path root, IOException e) {
    return e instanceof FileSystemException problem && problem.getFile() != null
        ? Path.of(problem.getFile())
        : root;
  }

  private void scan() throws IOException {
    Path train = root.resolve("train");
    Path test = root.resolve("test");
    boolean split = Files.isDirectory(train) && Files.isDirectory(test);
    for (Path folder : subFolders(split ? train : root)) {
      if (!isUnlabelled(folder)) {
        classNames.add(folder.getFileName().toString());
      }
    }
    if (classNames.isEmpty()) {
      throw new DataException(
          "%s: has no class folders; expected a sub-folder of PNG or JPEG images for each class, or"
                  .formatted(split ? train : root)
              + " a single one, not called unlabelled, whose images are learnt from without labels");
    }
    if (split) {
      addAll(train, false);
      addAll(test, true);
      for (Path folder : subFolders(root)) {
        if (isUnlabelled(folder)) {
          add(folder, ImageDataset.UNLABELLED, false);
        }
      }
    } else {
      addAll(root, false);
      entries.replaceAll(ImageFolder::byHash);
    }
    checkClasses();
  }

  private void addAll(Path side, boolean test) throws IOException {
    for (Path folder : subFolders(side)) {
      String name = folder.getFileName().toString();
      int label = classNames.indexOf(name);
      if (label >= 0) {
        add(folder, label, test);
      } else if (!isUnlabelled(folder)) {
        throw new DataException(
            "%s: class '%s' is not among the classes of %s: %s"
                .formatted(folder, name, root.resolve("train"), String.join(", ", classNames)));
      } else if (!test) {
        add(folder, ImageDataset.UNLABELLED, false);
      }
    }
  }

  private void add(Path folder, int label, boolean test) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(ImageFolder::isImage)
          .sorted()
          .peek(ImageFolder::requireReadableName)
          .forEach(file -> entries.add(new Entry(file, label, test)));
    }
  }

  /** Every class needs images; that a class has enough of them is for its users to say. */
  private void checkClasses() {
    for (int label = 0; label < classNames.size(); label++) {
      int wanted = label;
      if (entries.stream().noneMatch(entry -> entry.label == wanted && !entry.test)) {
        throw new DataException(
            "%s: class '%s' holds no PNG or JPEG images to train on"
                .formatted(root, classNames.get(label)));
      }
    }
    if (entries.stream().noneMatch(Entry::test)) {
      throw new DataException(
          "%s: of %d images none falls to the test set; add images, or make sub-folders train and"
                  .formatted(root, entries.size())
              + " test that each hold the class folders");
    }
  }

  private static Entry byHash(Entry entry) {
    if (entry.label == ImageDataset.UNLABELLED) {
      return entry;
    }
    Path file = entry.file;
    String key = file.getParent().getFileName() + "/" + file.getFileName();
    long hash = 0;
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      hash = Draws.mix(hash * 31 + b);
    }
    return new Entry(file, entry.label, Long.remainderUnsigned(hash, TEST_ONE_IN) == 0);
  }

  private static List<Path> subFolders(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children
          .filter(Files::isDirectory)
          .filter(child -> !child.getFileName().toString().startsWith("."))
          .sorted()
          .peek(ImageFolder::requireReadableName)
          .toList();
    }
  }

  /**
   * Classes are called by names, and a file's side goes by its own: neither may be another where
   * LC_ALL is C, or there is none, as in many a container.
   */
  private static void requireReadableName(Path file) {
    boolean unicode = "UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"));
    if (!unicode && file.getFileName().toString().indexOf(UNREADABLE) >= 0) {
      throw new DataException(
          "%s: its name has letters that this system's language settings do not know; set LC_ALL=C.UTF-8"
              .formatted(file));
    }
  }

  private static boolean isUnlabelled(Path folder) {
    return UNLABELLED_FOLDERS.contains(folder.getFileName().toString().toLowerCase(Locale.ROOT));
  }

  private static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    boolean image = name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
    return image && !name.startsWith(".") && !Files.isDirectory(file);
  }
}
