package semigan.gan.data;

import java.util.Arrays;

/**
 * Another data set's images in the middle of a larger black canvas; an odd pixel goes below, right.
 */
public final class PaddedDataset extends DatasetView {
  private static final float BLACK = -1;

  private final int height;
  private final int width;
  private final int top;
  private final int left;

  /**
   * A view of {@code inner} on a canvas of height x width.
   *
   * @throws IllegalArgumentException if the canvas is smaller than the images
   */
  public PaddedDataset(ImageDataset inner, int height, int width) {
    super(inner);
    if (height < inner.height() || width < inner.width()) {
      throw new IllegalArgumentException(
          "canvas is %dx%d but the images of %s are %dx%d; expected at least that"
              .formatted(height, width, inner.name(), inner.height(), inner.width()));
    }
    this.height = height;
    this.width = width;
    this.top = (height - inner.height()) / 2;
    this.left = (width - inner.width()) / 2;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  /**
   * Lets the image be written to the start of its place, then moves its rows apart, the last first:
   * no row moves backwards, so none is overwritten before it has moved.
   */
  @Override
  public void read(int index, float[] target, int offset) {
    inner.read(index, target, offset);
    int row = inner.width() * channels();
    int free = offset + imageLength(); // everything from here on is in place
    for (int r = inner.height() - 1; r >= 0; r--) {
      int to = offset + ((top + r) * width + left) * channels();
      System.arraycopy(target, offset + r * row, target, to, row);
      Arrays.fill(target, to + row, free, BLACK);
      free = to;
    }
    Arrays.fill(target, offset, free, BLACK);
  }
}
