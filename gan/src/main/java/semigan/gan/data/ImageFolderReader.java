package semigan.gan.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import semigan.gan.data.ImageFolder.Entry;
import semigan.gan.image.ImageCodec;
import semigan.gan.image.ImageException;

/**
 * Decodes the files of an {@link ImageFolder} on all cores. A bad file is skipped and counted; when
 * more than one in a hundred is bad, reading stops.
 */
final class ImageFolderReader {
  private static final int BAD_ALLOWED_PER_CENT = 1;
  private static final int BAD_NAMED = 5;

  private final Path root;
  private final List<String> classNames;
  private final DataOptions options;
  private final long budget;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * A reader for one folder.
   *
   * @param budget the most bytes that all images together may take
   */
  ImageFolderReader(Path root, List<String> classNames, DataOptions options, long budget) {
    this.root = root;
    this.classNames = classNames;
    this.options = options;
    this.budget = budget;
  }

  DataSplit read(List<Entry> entries) {
    int size = options.imageSize();
    long pixels = (long) entries.size() * size * size;
    checkBudget(pixels * Math.max(1, options.imageChannels()));
    byte[][] images = new byte[entries.size()][];
    String[] reasons = new String[entries.size()];
    IntStream.range(0, images.length)
        .parallel()
        .forEach(
            i -> {
              try {
                images[i] = decode(entries.get(i).file());
                checkBudget(bytes.addAndGet(images[i].length));
              } catch (ImageException e) {
                reasons[i] = e.getMessage();
              }
            });
    report(reasons);
    boolean colour =
        Arrays.stream(images).anyMatch(image -> image != null && image.length > size * size);
    int channels = colour ? 3 : 1;
    if (colour) {
      checkBudget(3 * pixels);
      Arrays.setAll(images, i -> images[i] == null ? null : colour(images[i], size * size));
    }
    return new DataSplit(
        side("train", entries, images, channels), side("test", entries, images, channels));
  }

  /** [imageSize, imageSize, channels] as bytes. */
  private byte[] decode(Path file) throws ImageException {
    int size = options.imageSize();
    float[] pixels = ImageCodec.read(file, size, size, options.imageChannels());
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round((pixels[i] + 1) * 127.5f);
    }
    return bytes;
  }

  private void checkBudget(long needed) {
    if (needed > budget) {
      throw new DataException(
          "%s: at %dx%d pixels its images take more than the %d MB there are for them; choose a"
                  .formatted(root, options.imageSize(), options.imageSize(), budget >> 20)
              + " smaller image size or fewer images, or give Java a larger heap (-Xmx)");
    }
  }

  /** Stops if too many files are bad, else warns of the few that are. */
  private void report(String[] reasons) {
    List<String> bad = Arrays.stream(reasons).filter(Objects::nonNull).toList();
    if (bad.isEmpty()) {
      return;
    }
    String counted = "%s: %d of %d images are bad".formatted(root, bad.size(), reasons.length);
    String named = String.join("; ", bad.subList(0, Math.min(BAD_NAMED, bad.size())));
    if (bad.size() > BAD_NAMED) {
      named += "; and %d more".formatted(bad.size() - BAD_NAMED);
    }
    if (100L * bad.size() > (long) BAD_ALLOWED_PER_CENT * reasons.length) {
      throw new DataException(
          "%s, more than %d%%; mend or remove them: %s"
              .formatted(counted, BAD_ALLOWED_PER_CENT, named));
    }
    options.listener().warning(counted + " and were skipped: " + named);
  }

  private static byte[] colour(byte[] image, int pixels) {
    if (image.length > pixels) {
      return image;
    }
    byte[] colour = new byte[3 * pixels];
    for (int i = 0; i < colour.length; i++) {
      colour[i] = image[i / 3];
    }
    return colour;
  }

  private ImageDataset side(String side, List<Entry> entries, byte[][] images, int channels) {
    int[] kept =
        IntStream.range(0, images.length)
            .filter(i -> images[i] != null && entries.get(i).test() == side.equals("test"))
            .toArray();
    if (kept.length == 0) {
      throw new DataException("%s: no usable image is left for the %s set".formatted(root, side));
    }
    int size = options.imageSize();
    return new StoredImages(
        new StoredImages.Form(root + " " + side, size, size, channels, classNames),
        Arrays.stream(kept).mapToObj(i -> images[i]).toArray(byte[][]::new),
        Arrays.stream(kept).map(i -> entries.get(i).label()).toArray());
  }
}
