package semigan.gan.image;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;

/** Generated images as PNG files: many on one picture, row by row, or one by one. */
public final class ImageGrid {
  /** Pixels between two images, and around them all. */
  private static final int GAP = 2;

  private static final int GAP_LEVEL = 128;

  /** Small images are enlarged until their shorter side has about this many pixels. */
  private static final int COMFORTABLE = 64;

  private ImageGrid() {}

  /**
   * Writes a grid, its images enlarged by the whole factor that makes them easy to see.
   *
   * @param images [count, height, width, channels] in [-1, 1]; values outside are clamped
   * @param columns images side by side; the last row may be short
   * @throws IllegalArgumentException if the picture would have more than {@link
   *     ImageCodec#MAX_PIXELS}
   * @throws semigan.gan.store.StoreException if it cannot be written
   */
  public static void write(
      Path png, float[] images, int count, int height, int width, int channels, int columns) {
    int factor = Math.max(1, Math.round((float) COMFORTABLE / Math.min(height, width)));
    write(png, images, count, height, width, channels, columns, factor);
  }

  /** As above, with each pixel drawn as a square of side {@code factor}. */
  public static void write(
      Path png,
      float[] images,
      int count,
      int height,
      int width,
      int channels,
      int columns,
      int factor) {
    if (count < 1
        || columns < 1
        || factor < 1
        || images.length < count * height * width * channels) {
      throw new IllegalArgumentException(
          "grid of %d images [%d,%d,%d] in %d columns, %d-fold, from %d values"
              .formatted(count, height, width, channels, columns, factor, images.length));
    }
    int across = Math.min(columns, count);
    int down = (count + across - 1) / across;
    int cellHeight = height * factor + GAP;
    int cellWidth = width * factor + GAP;
    long gridHeight = GAP + (long) down * cellHeight;
    long gridWidth = GAP + (long) across * cellWidth;
    if (gridHeight * gridWidth > ImageCodec.MAX_PIXELS) {
      throw new IllegalArgumentException(
          "a grid of %d images would be %d x %d pixels, at most %d million are allowed; draw fewer, or write them to a folder"
              .formatted(count, gridWidth, gridHeight, ImageCodec.MAX_PIXELS / 1_000_000));
    }
    BufferedImage grid = Pixels.canvas((int) gridHeight, (int) gridWidth, channels);
    fill(grid, channels);
    for (int i = 0; i < count; i++) {
      int top = GAP + i / across * cellHeight;
      int left = GAP + i % across * cellWidth;
      int from = i * height * width * channels;
      Pixels.draw(images, from, height, width, channels, factor, grid, top, left);
    }
    ImageCodec.writePng(png, grid);
  }

  /**
   * Writes one image as it is.
   *
   * @param images values in [-1, 1], of which the image [height, width, channels] begins at {@code
   *     from}; those outside are clamped
   * @throws semigan.gan.store.StoreException if it cannot be written
   */
  public static void writeOne(
      Path png, float[] images, int from, int height, int width, int channels) {
    BufferedImage canvas = Pixels.canvas(height, width, channels);
    Pixels.draw(images, from, height, width, channels, 1, canvas, 0, 0);
    ImageCodec.writePng(png, canvas);
  }

  private static void fill(BufferedImage grid, int channels) {
    int[] row = new int[grid.getWidth() * channels];
    Arrays.fill(row, GAP_LEVEL);
    for (int y = 0; y < grid.getHeight(); y++) {
      grid.getRaster().setPixels(0, y, grid.getWidth(), 1, row);
    }
  }
}
