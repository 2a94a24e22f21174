package semigan.gan.data;

import java.awt.Rectangle;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes one PNG or JPEG file to a small square: the square at the picture's centre, resized. What
 * is transparent becomes black. A camera's note that the picture lies on its side is not followed.
 */
final class ImageFile {
  /** Larger pictures are refused from their header, before memory is asked for. */
  static final long MAX_PIXELS = 64_000_000;

  /** Pixels of the picture that are kept, along one axis, for each pixel of the square. */
  private static final int KEPT_PER_PIXEL = 8;

  /**
   * What libjpeg says, as a warning only, when it makes up the part of a picture that is missing.
   * Its other warnings, of odd colour profiles for instance, leave the picture whole.
   */
  private static final Pattern DAMAGE =
      Pattern.compile("premature|truncated|corrupt", Pattern.CASE_INSENSITIVE);

  /** A file that is no picture we can use; the message says why, without the file's name. */
  static final class BadImageException extends Exception {
    private static final long serialVersionUID = 1L;

    BadImageException(String reason) {
      super(reason);
    }
  }

  private ImageFile() {}

  /**
   * Reads one file.
   *
   * @param size height and width of the result
   * @param channels 1, 3, or {@link DataOptions#AUTO_CHANNELS}: 1 if every pixel is gray, else 3
   * @return [size, size, channels] bytes
   */
  static byte[] read(Path file, int size, int channels) throws BadImageException {
    try {
      if (Files.size(file) == 0) {
        throw new BadImageException("the file is empty");
      }
      try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
        ImageReader reader = reader(in);
        try {
          reader.setInput(in, true, true);
          Planes planes = planes(decode(reader, size));
          boolean gray = channels == 1 || channels == DataOptions.AUTO_CHANNELS && planes.isGray();
          return squeeze(gray ? planes.gray() : planes, size);
        } finally {
          reader.dispose();
        }
      }
    } catch (IOException | RuntimeException e) {
      // The decoders answer damage with either, and sometimes with no message.
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new BadImageException("cannot be decoded: " + why);
    }
  }

  private static ImageReader reader(ImageInputStream in) throws IOException, BadImageException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      String format = reader.getFormatName().toLowerCase(Locale.ROOT);
      if (format.equals("png") || format.equals("jpeg")) {
        return reader;
      }
      reader.dispose();
    }
    throw new BadImageException("neither PNG nor JPEG, whatever its name says");
  }

  /** Decodes the centre square, of a very large picture only every n-th pixel. */
  private static BufferedImage decode(ImageReader reader, int size)
      throws IOException, BadImageException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    if ((long) width * height > MAX_PIXELS) {
      throw new BadImageException(
          "its header claims %d x %d pixels, at most %d million are accepted"
              .formatted(width, height, MAX_PIXELS / 1_000_000));
    }
    int side = Math.min(width, height);
    int step = Math.max(1, side / (size * KEPT_PER_PIXEL));
    ImageReadParam param = reader.getDefaultReadParam();
    param.setSourceRegion(new Rectangle((width - side) / 2, (height - side) / 2, side, side));
    param.setSourceSubsampling(step, step, 0, 0);
    List<String> damage = new ArrayList<>();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (DAMAGE.matcher(warning).find()) {
            damage.add(warning);
          }
        });
    BufferedImage image = reader.read(0, param);
    if (!damage.isEmpty()) {
      throw new BadImageException("is damaged: " + damage.get(0));
    }
    return image;
  }

  /** A square picture: [channel][side * side], in 0 to 255. */
  private record Planes(int side, float[][] values) {
    boolean isGray() {
      if (values.length == 1) {
        return true;
      }
      for (int i = 0; i < values[0].length; i++) {
        if (values[0][i] != values[1][i] || values[1][i] != values[2][i]) {
          return false;
        }
      }
      return true;
    }

    /** Luma of ITU-R BT.601, as JPEG defines it. */
    Planes gray() {
      if (values.length == 1) {
        return this;
      }
      float[] gray = new float[side * side];
      for (int i = 0; i < gray.length; i++) {
        gray[i] = 0.299f * values[0][i] + 0.587f * values[1][i] + 0.114f * values[2][i];
      }
      return new Planes(side, new float[][] {gray});
    }
  }

  private static Planes planes(BufferedImage image) {
    int side = Math.min(image.getWidth(), image.getHeight());
    ColorModel model = image.getColorModel();
    boolean gray =
        model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && image.getRaster().getNumBands() == (model.hasAlpha() ? 2 : 1);
    return new Planes(side, gray ? grayPlane(image, side) : colourPlanes(image, side));
  }

  /** Samples as stored: {@code getRGB} would take them for linear light and brighten them. */
  private static float[][] grayPlane(BufferedImage image, int side) {
    Raster raster = image.getRaster();
    ColorModel model = image.getColorModel();
    float scale = 255f / ((1 << model.getComponentSize(0)) - 1);
    float[] gray = raster.getSamples(0, 0, side, side, 0, new float[side * side]);
    float[] alpha =
        model.hasAlpha() ? raster.getSamples(0, 0, side, side, 1, new float[side * side]) : null;
    float opaque = model.hasAlpha() ? (1 << model.getComponentSize(1)) - 1 : 1;
    for (int i = 0; i < gray.length; i++) {
      gray[i] *= alpha == null ? scale : scale * alpha[i] / opaque;
    }
    return new float[][] {gray};
  }

  private static float[][] colourPlanes(BufferedImage image, int side) {
    float[][] planes = new float[3][side * side];
    int[] argb = new int[side];
    for (int row = 0; row < side; row++) {
      image.getRGB(0, row, side, 1, argb, 0, side);
      for (int column = 0; column < side; column++) {
        float alpha = (argb[column] >>> 24) / 255f;
        for (int channel = 0; channel < 3; channel++) {
          int value = argb[column] >> 16 - 8 * channel & 0xff;
          planes[channel][row * side + column] = value * alpha;
        }
      }
    }
    return planes;
  }

  private static byte[] squeeze(Planes planes, int size) {
    int channels = planes.values.length;
    byte[] pixels = new byte[size * size * channels];
    Resampling resampling = new Resampling(planes.side, size);
    for (int channel = 0; channel < channels; channel++) {
      float[] plane = resampling.apply(planes.values[channel]);
      for (int i = 0; i < plane.length; i++) {
        pixels[i * channels + channel] = (byte) Math.round(Math.min(255, plane[i]));
      }
    }
    return pixels;
  }
}
