package semigan.gan.data;

import java.util.Arrays;
import java.util.List;

/** Some of another data set's images, chosen and ordered by chance from a seed. */
public final class ImageSample implements ImageDataset {
  private static final long STREAM = 0x73616d706cL; // "sampl"

  private final ImageDataset inner;
  private final int[] indices;

  /**
   * @param count how many; all of them, in another order, where there are fewer
   */
  public ImageSample(ImageDataset inner, int count, long seed) {
    this.inner = inner;
    int[] all = new int[inner.size()];
    Arrays.setAll(all, i -> i);
    new Draws(STREAM, seed).shuffle(all);
    this.indices = Arrays.copyOf(all, Math.min(count, all.length));
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public int height() {
    return inner.height();
  }

  @Override
  public int width() {
    return inner.width();
  }

  @Override
  public int channels() {
    return inner.channels();
  }

  @Override
  public List<String> classNames() {
    return inner.classNames();
  }

  @Override
  public int label(int index) {
    return inner.label(indices[index]);
  }

  @Override
  public void read(int index, float[] target, int offset) {
    inner.read(indices[index], target, offset);
  }
}
