package semigan.gan.evaluate;

import java.util.Arrays;
import semigan.gan.data.DatasetView;
import semigan.gan.data.ImageDataset;
import semigan.gan.model.Sampler;

/**
 * Images that a generator drew, rounded to 8 bits as those of data sets are: otherwise a measure
 * could tell them apart by that alone.
 */
final class GeneratedImages extends DatasetView {
  private static final int CHUNK = 512;
  private static final float LEVELS = 127.5f;

  private final byte[][] images; // [count][height * width * channels]
  private final int[] labels;

  private GeneratedImages(ImageDataset form, byte[][] images, int[] labels) {
    super(form);
    this.images = images;
    this.labels = labels;
  }

  /**
   * The first {@code count} images of a sampler, without labels.
   *
   * @param form the data set that they are to be like: its sizes and classes
   */
  static GeneratedImages draw(ImageDataset form, Sampler sampler, int count, Progress progress) {
    byte[][] images = new byte[count][sampler.imageLength()];
    for (int done = 0; done < count; done += CHUNK) {
      int size = Math.min(CHUNK, count - done);
      float[] drawn = sampler.draw(done, size);
      for (int i = 0; i < drawn.length; i++) {
        float level = Math.round((Math.max(-1, Math.min(1, drawn[i])) + 1) * LEVELS);
        images[done + i / sampler.imageLength()][i % sampler.imageLength()] = (byte) level;
      }
      progress.at(done + size, count);
    }
    int[] labels = new int[count];
    Arrays.fill(labels, UNLABELLED);
    return new GeneratedImages(form, images, labels);
  }

  /** The first {@code count} of them, or all. */
  GeneratedImages first(int count) {
    int size = Math.min(count, images.length);
    return new GeneratedImages(inner, Arrays.copyOf(images, size), Arrays.copyOf(labels, size));
  }

  /** The same images with labels. */
  GeneratedImages labelled(int[] labels) {
    return new GeneratedImages(inner, images, labels);
  }

  @Override
  public String name() {
    return "the generated images";
  }

  @Override
  public int size() {
    return images.length;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void read(int index, float[] target, int offset) {
    byte[] image = images[index];
    for (int i = 0; i < image.length; i++) {
      target[offset + i] = (image[i] & 0xff) / LEVELS - 1;
    }
  }
}
