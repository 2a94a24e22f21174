package semigan.gan.data;

import java.util.List;

/**
 * Images of one size, each with a class or none, addressed by index. Implementations are safe for
 * use by several threads, and {@link #read} gives the same values for the same index always.
 */
public interface ImageDataset {
  /** The label of an image whose class is not known. */
  int UNLABELLED = -1;

  /** What the user called it, with the split: {@code mnist train}. */
  String name();

  /** The number of images. */
  int size();

  /** Rows of each image. */
  int height();

  /** Columns of each image. */
  int width();

  /** 1 (gray) or 3 (red, green, blue). */
  int channels();

  /** The names of the classes; label {@code k} means {@code classNames().get(k)}. */
  List<String> classNames();

  /** The class of an image, 0 up to the number of classes, or {@link #UNLABELLED}. */
  int label(int index);

  /**
   * Writes one image.
   *
   * @param index 0 up to {@link #size()}
   * @param target receives [height, width, channels], in [-1, 1] where -1 is black
   * @param offset where in {@code target} the image begins
   */
  void read(int index, float[] target, int offset);

  /** Numbers in one image: height x width x channels. */
  default int imageLength() {
    return height() * width() * channels();
  }
}
