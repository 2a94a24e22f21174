package semigan.gan.data;

import java.util.List;
import java.util.stream.IntStream;

/** Small data sets for tests, whose pixels tell which image and which place they are. */
final class Ramp {
  private Ramp() {}

  /** Images of height x width x channels whose byte p is {@code image + p + 1}; labels as given. */
  static ImageDataset of(int height, int width, int channels, int classes, int... labels) {
    byte[][] images = new byte[labels.length][height * width * channels];
    for (int i = 0; i < images.length; i++) {
      for (int p = 0; p < images[i].length; p++) {
        images[i][p] = (byte) (i + p + 1);
      }
    }
    List<String> names = IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();
    return new StoredImages(
        new StoredImages.Form("ramp", height, width, channels, names), images, labels);
  }

  /** One pixel each, {@code size} images of {@code classes} classes in turn. */
  static ImageDataset dots(int size, int classes) {
    return of(1, 1, 1, classes, IntStream.range(0, size).map(i -> i % classes).toArray());
  }

  /** The bytes that values of [-1, 1] came from. */
  static int[] bytes(float[] values) {
    int[] bytes = new int[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Math.round((values[i] + 1) * 127.5f);
    }
    return bytes;
  }
}
