package semigan.gan.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** Between Java's images and arrays [height, width, channels] in [-1, 1]. */
final class Pixels {
  private Pixels() {}

  /** An image row by row, so that a large one need not be held a second time. */
  @FunctionalInterface
  interface Rows {
    /** Fills {@code row} with row {@code y}: [width, channels] in [-1, 1]. */
    void read(int y, float[] row);
  }

  /** Whether the image is stored as levels of grey, with or without opacity. */
  static boolean isGrey(BufferedImage image) {
    return image.getColorModel() instanceof ComponentColorModel
        && image.getRaster().getNumBands() < 3;
  }

  /** An image's pixels, over black where it is transparent. */
  static Rows rows(BufferedImage image, int channels) {
    Raster raster = image.getRaster();
    if (isGrey(image)) {
      // As stored: getRGB would take grey for linear light and brighten it.
      int[] samples = new int[image.getWidth() * raster.getNumBands()];
      return (y, row) -> readGrey(raster, y, samples, channels, row);
    }
    int[] argb = new int[image.getWidth()];
    return (y, row) -> {
      image.getRGB(0, y, argb.length, 1, argb, 0, argb.length);
      readColour(argb, channels, row);
    };
  }

  /** Pixels [n, 3] as [n, 1] if no pixel has a colour, else as they are. */
  static float[] greyIfAllIs(float[] pixels) {
    for (int i = 0; i < pixels.length; i += 3) {
      if (pixels[i] != pixels[i + 1] || pixels[i] != pixels[i + 2]) {
        return pixels;
      }
    }
    float[] grey = new float[pixels.length / 3];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = pixels[3 * i];
    }
    return grey;
  }

  /** Grey in the first band, opacity in the second if there is one; 8 or 16 bits. */
  private static void readGrey(Raster raster, int y, int[] samples, int channels, float[] row) {
    int bands = raster.getNumBands();
    float most = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
    raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, samples);
    int to = 0;
    for (int x = 0; x < samples.length; x += bands) {
      float opacity = bands == 1 ? 1 : samples[x + 1] / most;
      float value = 2 * samples[x] / most * opacity - 1;
      for (int c = 0; c < channels; c++) {
        row[to++] = value;
      }
    }
  }

  private static void readColour(int[] argb, int channels, float[] row) {
    int to = 0;
    for (int pixel : argb) {
      float opacity = (pixel >>> 24) / 255f;
      float red = (pixel >> 16 & 0xff) / 255f * opacity;
      float green = (pixel >> 8 & 0xff) / 255f * opacity;
      float blue = (pixel & 0xff) / 255f * opacity;
      if (channels == 1) {
        // Luma of ITU-R BT.601, as JPEG has it.
        row[to++] = 2 * (0.299f * red + 0.587f * green + 0.114f * blue) - 1;
      } else {
        row[to++] = 2 * red - 1;
        row[to++] = 2 * green - 1;
        row[to++] = 2 * blue - 1;
      }
    }
  }

  /** An image to draw on, black. */
  static BufferedImage canvas(int height, int width, int channels) {
    return new BufferedImage(
        width, height, channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
  }

  /**
   * Draws the image that begins at {@code images[from]}, each pixel as a square of side {@code
   * factor}, with its corner at ({@code top}, {@code left}).
   */
  static void draw(
      float[] images,
      int from,
      int height,
      int width,
      int channels,
      int factor,
      BufferedImage canvas,
      int top,
      int left) {
    WritableRaster raster = canvas.getRaster();
    int[] row = new int[width * factor * channels];
    for (int y = 0; y < height; y++) {
      int to = 0;
      for (int x = 0; x < width; x++) {
        int pixel = from + (y * width + x) * channels;
        for (int copy = 0; copy < factor; copy++) {
          for (int c = 0; c < channels; c++) {
            row[to++] = level(images[pixel + c]);
          }
        }
      }
      for (int copy = 0; copy < factor; copy++) {
        raster.setPixels(left, top + y * factor + copy, width * factor, 1, row);
      }
    }
  }

  /** [-1, 1] to 0..255; NaN to 0. */
  private static int level(float value) {
    return Math.round((Math.max(-1, Math.min(1, value)) + 1) * 127.5f);
  }
}
