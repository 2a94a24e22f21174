package semigan.gan.image;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import semigan.gan.store.AtomicFiles;

/** Reads PNG and JPEG files, and writes PNG files. */
public final class ImageCodec {
  /** Larger images are refused from their header, before memory is asked for. */
  public static final long MAX_PIXELS = 64_000_000;

  /** One channel if every pixel turns out grey, else three. */
  public static final int AUTO_CHANNELS = 0;

  /**
   * Of a larger image only every n-th pixel is decoded, so that reading many at once stays cheap.
   */
  private static final double ENOUGH_PIXELS = 4_000_000;

  /**
   * What libjpeg says, as a warning only, when it makes up the part of an image that is missing.
   * Its other warnings, of odd colour profiles or of a few bytes before the end's marker (0xd9) for
   * instance, leave the image whole; many bytes are left there by a decoder that has lost its way.
   */
  private static final Pattern DAMAGE =
      Pattern.compile(
          "premature|truncated|corrupt(?!.*: \\d extraneous bytes before marker 0xd9)",
          Pattern.CASE_INSENSITIVE);

  private static final Set<String> FORMATS = Set.of("png", "jpeg");

  /** As a file has it. */
  private record Stored(BufferedImage image, Orientation orientation) {}

  private ImageCodec() {}

  /**
   * Reads an image, scaled until it just covers {@code height} by {@code width} and cropped at the
   * middle, upright as a camera has noted it in a JPEG. What is transparent becomes black.
   *
   * @param channels 1 for grey, 3 for colour, or {@link #AUTO_CHANNELS}
   * @return [height, width, channels] in [-1, 1]
   * @throws ImageException if the file is missing, no PNG or JPEG, damaged, or too large
   */
  public static float[] read(Path file, int height, int width, int channels) throws ImageException {
    try {
      if (!Files.isRegularFile(file)) {
        throw new ImageException(
            file, Files.exists(file) ? "is no regular file, expected an image" : "no such file");
      }
      Stored stored = decode(file, height, width);
      BufferedImage image = stored.image;
      Orientation orientation = stored.orientation;
      int decoded = channels == AUTO_CHANNELS ? Pixels.isGrey(image) ? 1 : 3 : channels;
      float[] pixels =
          orientation.upright(
              Resize.cover(
                  image,
                  decoded,
                  orientation.rows(height, width),
                  orientation.columns(height, width)),
              height,
              width);
      return channels == AUTO_CHANNELS && decoded == 3 ? Pixels.greyIfAllIs(pixels) : pixels;
    } catch (ImageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The decoders answer damage with either, and sometimes with no message.
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new ImageException(file, "cannot be decoded: " + reason, e);
    }
  }

  /** Replaces {@code file} by {@code image}. */
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

  private static Stored decode(Path file, int height, int width) throws IOException {
    if (Files.size(file) == 0) {
      throw new ImageException(file, "the file is empty");
    }
    try (ImageInputStream stream = new FileImageInputStream(file.toFile())) {
      ImageReader reader = reader(file, stream);
      try {
        boolean jpeg = format(reader).equals("jpeg");
        reader.setInput(stream, true, !jpeg);
        Orientation orientation = jpeg ? Orientation.of(reader) : Orientation.UPRIGHT;
        int rows = orientation.rows(height, width);
        int columns = orientation.columns(height, width);
        return new Stored(decode(file, reader, rows, columns), orientation);
      } finally {
        reader.dispose();
      }
    }
  }

  private static ImageReader reader(Path file, ImageInputStream stream) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (FORMATS.contains(format(reader))) {
        return reader;
      }
      reader.dispose();
    }
    throw new ImageException(file, "neither PNG nor JPEG, whatever its name says");
  }

  private static String format(ImageReader reader) throws IOException {
    return reader.getFormatName().toLowerCase(Locale.ROOT);
  }

  /** Decodes the part that will be kept, of a very large image only every n-th pixel. */
  private static BufferedImage decode(Path file, ImageReader reader, int height, int width)
      throws IOException {
    int fullHeight = reader.getHeight(0);
    int fullWidth = reader.getWidth(0);
    if ((long) fullHeight * fullWidth > MAX_PIXELS) {
      throw new ImageException(
          file,
          "its header claims %d x %d pixels, at most %d million are accepted; scale it down first"
              .formatted(fullWidth, fullHeight, MAX_PIXELS / 1_000_000));
    }
    double scale = Math.min((double) fullHeight / height, (double) fullWidth / width);
    int keptHeight = Math.max(1, (int) Math.round(height * scale));
    int keptWidth = Math.max(1, (int) Math.round(width * scale));
    int step = (int) Math.ceil(Math.sqrt(keptHeight * (double) keptWidth / ENOUGH_PIXELS));
    ImageReadParam kept = reader.getDefaultReadParam();
    kept.setSourceRegion(
        new Rectangle(
            (fullWidth - keptWidth) / 2, (fullHeight - keptHeight) / 2, keptWidth, keptHeight));
    kept.setSourceSubsampling(step, step, 0, 0);
    List<String> damage = new ArrayList<>();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (DAMAGE.matcher(warning).find()) {
            damage.add(warning);
          }
        });
    BufferedImage image = reader.read(0, kept);
    if (!damage.isEmpty()) {
      throw new ImageException(file, "is damaged: " + damage.get(0));
    }
    return image;
  }
}
