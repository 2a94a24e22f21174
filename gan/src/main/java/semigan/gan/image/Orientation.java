package semigan.gan.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * How a stored image is to be turned to be seen upright, as a camera notes it (EXIF 2.32, tag
 * 0x0112).
 *
 * @param transposed whether its rows are the columns of the upright image
 * @param fromBottom whether its rows are counted from the last one
 * @param fromRight whether its columns are counted from the last one
 */
record Orientation(boolean transposed, boolean fromBottom, boolean fromRight) {
  static final Orientation UPRIGHT = new Orientation(false, false, false);

  /** Of a reader's first image, whose metadata it must not ignore; upright if they are damaged. */
  static Orientation of(ImageReader reader) {
    try {
      IIOMetadata metadata = reader.getImageMetadata(0);
      Element tree = (Element) metadata.getAsTree(IIOMetadataFormatImpl.standardMetadataFormatName);
      NodeList noted = tree.getElementsByTagName("ImageOrientation");
      return noted.getLength() == 0
          ? UPRIGHT
          : named(((Element) noted.item(0)).getAttribute("value"));
    } catch (IOException | RuntimeException e) {
      return UPRIGHT; // the pixels may be whole
    }
  }

  /** By ImageIO's names, which turn against the clock. */
  private static Orientation named(String name) {
    return switch (name) {
      case "FlipH" -> new Orientation(false, false, true);
      case "Rotate180" -> new Orientation(false, true, true);
      case "FlipV" -> new Orientation(false, true, false);
      case "FlipVRotate90" -> new Orientation(true, false, false);
      case "Rotate270" -> new Orientation(true, true, false);
      case "FlipHRotate90" -> new Orientation(true, true, true);
      case "Rotate90" -> new Orientation(true, false, true);
      default -> UPRIGHT;
    };
  }

  /** Of the stored image, whose upright one has this height and width. */
  int rows(int height, int width) {
    return transposed ? width : height;
  }

  /** As {@link #rows}. */
  int columns(int height, int width) {
    return transposed ? height : width;
  }

  /**
   * Turns an image.
   *
   * @param stored {@code [height, width, channels]}, or {@code [width, height, channels]} if it is
   *     {@link #transposed}
   * @param height of the upright image
   * @param width of the upright image
   * @return {@code [height, width, channels]}
   */
  float[] upright(float[] stored, int height, int width) {
    if (equals(UPRIGHT)) {
      return stored;
    }
    int channels = stored.length / (height * width);
    int rows = rows(height, width);
    int columns = columns(height, width);
    float[] upright = new float[stored.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int row = transposed ? x : y;
        int column = transposed ? y : x;
        int from =
            (fromBottom ? rows - 1 - row : row) * columns
                + (fromRight ? columns - 1 - column : column);
        System.arraycopy(stored, from * channels, upright, (y * width + x) * channels, channels);
      }
    }
    return upright;
  }
}
