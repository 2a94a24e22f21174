package semigan.gan.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Some of another data set's images, in an order of their own. */
public final class Subset extends DatasetView {
  private static final long SAMPLE_STREAM = 0x73616d706cL; // "sampl"

  private final int[] indices;

  private Subset(ImageDataset inner, int[] indices) {
    super(inner);
    this.indices = indices;
  }

  /**
   * Some chosen and ordered by chance from a seed.
   *
   * @param count how many; all of them, in another order, where there are fewer
   */
  public static Subset sample(ImageDataset inner, int count, long seed) {
    int[] all = IntStream.range(0, inner.size()).toArray();
    new Draws(SAMPLE_STREAM, seed).shuffle(all);
    return new Subset(inner, Arrays.copyOf(all, Math.min(count, all.length)));
  }

  /** Those at {@code indices}. */
  public static Subset of(ImageDataset inner, int[] indices) {
    return new Subset(inner, indices.clone());
  }

  /** Those that have a label, in their order. */
  public static Subset labelled(ImageDataset inner) {
    return new Subset(
        inner,
        IntStream.range(0, inner.size())
            .filter(i -> inner.label(i) != ImageDataset.UNLABELLED)
            .toArray());
  }

  /** All but those at {@code indices}, in their order. */
  public static Subset without(ImageDataset inner, int[] indices) {
    int[] left = indices.clone();
    Arrays.sort(left);
    return new Subset(
        inner,
        IntStream.range(0, inner.size()).filter(i -> Arrays.binarySearch(left, i) < 0).toArray());
  }

  @Override
  public int size() {
    return indices.length;
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
