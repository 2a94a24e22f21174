package semigan.gan.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import semigan.gan.store.AtomicFiles;

/** Reads PNG and JPEG files, and writes PNG files. */
public final class ImageCodec {
  /** Larger images are refused from their header, before any pixel is decoded. */
  public static final long MAX_PIXELS = 64_000_000;

  private static final List<String> FORMATS = List.of("png", "jpeg");

  private ImageCodec() {}

  /**
   * Reads an image, scaled until it just covers {@code height} by {@code width} and cropped at the
   * middle. Transparent parts show white; the orientation that a camera notes is not applied.
   *
   * @param channels 1 for grey, 3 for colour
   * @return [height, width, channels] in [-1, 1]
   * @throws ImageException if the file is missing, no PNG or JPEG, damaged, or too large
   */
  public static float[] read(Path file, int height, int width, int channels) throws IOException {
    BufferedImage image = decode(file);
    Pixels.Rows rows = Pixels.rows(image, channels);
    return Resize.cover(rows, image.getHeight(), image.getWidth(), channels, height, width);
  }

  /**
   * Replaces {@code file} by {@code image}.
   *
   * @param image [height, width, channels] in [-1, 1]; values outside are clamped
   * @throws semigan.gan.store.StoreException if it cannot be written
   */
  public static void writePng(Path file, float[] image, int height, int width, int channels) {
    BufferedImage canvas = Pixels.canvas(height, width, channels);
    Pixels.draw(image, 0, height, width, channels, 1, canvas, 0, 0);
    writePng(file, canvas);
  }

  /** As {@link #writePng(Path, float[], int, int, int)}, for an image already drawn. */
  static void writePng(Path file, BufferedImage image) {
    var bytes = new ByteArrayOutputStream();
    // A stream of our own: ImageIO would put one over a temporary file, which a full disk breaks.
    try (var stream = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", stream)) {
        throw new IllegalStateException("this Java has no PNG writer");
      }
    } catch (IOException e) {
      throw new IllegalStateException("PNG could not be encoded in memory", e);
    }
    AtomicFiles.write(file, bytes.toByteArray());
  }

  private static BufferedImage decode(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ImageException(
          file, Files.exists(file) ? "is a folder, expected a PNG or JPEG image" : "no such file");
    }
    try (ImageInputStream stream = new FileImageInputStream(file.toFile())) {
      ImageReader reader = reader(file, stream);
      try {
        reader.setInput(stream, true, true);
        checkHeader(file, reader);
        return pixels(file, reader);
      } finally {
        reader.dispose();
      }
    }
  }

  private static ImageReader reader(Path file, ImageInputStream stream) throws IOException {
    if (stream.length() == 0) {
      throw new ImageException(file, "is empty, expected a PNG or JPEG image");
    }
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    if (!readers.hasNext()) {
      throw new ImageException(file, "is not an image, expected PNG or JPEG");
    }
    ImageReader reader = readers.next();
    String format = reader.getFormatName().toLowerCase(Locale.ROOT);
    if (!FORMATS.contains(format)) {
      reader.dispose();
      throw new ImageException(file, "is a %s image, expected PNG or JPEG".formatted(format));
    }
    return reader;
  }

  private static void checkHeader(Path file, ImageReader reader) throws ImageException {
    long width;
    long height;
    try {
      width = reader.getWidth(0);
      height = reader.getHeight(0);
    } catch (IOException | RuntimeException e) {
      throw new ImageException(file, "its header is damaged or cut short: " + reason(e), e);
    }
    if (width * height > MAX_PIXELS) {
      throw new ImageException(
          file,
          "is %d x %d pixels by its header, expected at most %d million; scale it down first"
              .formatted(width, height, MAX_PIXELS / 1_000_000));
    }
  }

  private static BufferedImage pixels(Path file, ImageReader reader) throws ImageException {
    boolean[] cutShort = {false};
    // The JPEG decoder fills the part that is missing with grey, and only mentions it.
    reader.addIIOReadWarningListener(
        (source, warning) -> cutShort[0] |= warning.startsWith("Truncated File"));
    BufferedImage image;
    try {
      image = reader.read(0);
    } catch (IOException | RuntimeException e) {
      throw new ImageException(file, "is damaged or cut short: " + reason(e), e);
    }
    if (cutShort[0]) {
      throw new ImageException(file, "is cut short: its end is missing");
    }
    return image;
  }

  /** The innermost words: the decoders wrap what they have to say. */
  private static String reason(Throwable e) {
    String reason = e.getClass().getSimpleName();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      reason = cause.getMessage() == null ? reason : cause.getMessage();
    }
    return reason;
  }
}
