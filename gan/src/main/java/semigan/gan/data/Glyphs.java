package semigan.gan.data;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The built-in data: ten classes of handwritten-looking digits, 28x28x1, drawn by code, so that
 * everything runs without a file or a network. An image is a pure function of (seed, split, index).
 * It is drawn when first read and kept as bytes.
 */
public final class Glyphs implements ImageDataset {
  /** Images to learn from. */
  public static final int TRAIN_SIZE = 20_000;

  /** Images to measure with. */
  public static final int TEST_SIZE = 2_000;

  /** The seed of the data set that {@code --data glyphs} means. */
  public static final long SEED = 1;

  private static final int CLASSES = 10;
  private static final List<String> CLASS_NAMES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  /** Which half; its ordinal is a key of the random numbers. */
  enum Half {
    TRAIN,
    TEST
  }

  private final long seed;
  private final Half half;
  private final AtomicReferenceArray<byte[]> drawn;

  Glyphs(long seed, Half half, int size) {
    this.seed = seed;
    this.half = half;
    this.drawn = new AtomicReferenceArray<>(size);
  }

  /** The data set of one seed: 20,000 images to learn from, 2,000 others to measure with. */
  public static DataSplit split(long seed) {
    return new DataSplit(
        new Glyphs(seed, Half.TRAIN, TRAIN_SIZE), new Glyphs(seed, Half.TEST, TEST_SIZE));
  }

  @Override
  public String name() {
    return half == Half.TRAIN ? "glyphs train" : "glyphs test";
  }

  @Override
  public int size() {
    return drawn.length();
  }

  @Override
  public int height() {
    return GlyphPen.SIZE;
  }

  @Override
  public int width() {
    return GlyphPen.SIZE;
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public List<String> classNames() {
    return CLASS_NAMES;
  }

  /** The classes take turns, so each has the same number of images. */
  @Override
  public int label(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index);
    }
    return index % CLASSES;
  }

  @Override
  public void read(int index, float[] target, int offset) {
    byte[] image = drawn.get(index);
    if (image == null) {
      // Two threads may both draw it: they draw the same.
      image = GlyphPen.draw(label(index), new Draws(seed, half.ordinal(), index));
      drawn.set(index, image);
    }
    StoredImages.unpack(image, target, offset);
  }
}
