package semigan.gan.data;

import java.util.Arrays;

/**
 * Some images and their labels. The arrays belong to the {@link BatchLoader} and are used again
 * after its next {@link BatchLoader#next()}.
 *
 * @param images [batch, height, width, channels], in [-1, 1]
 * @param labels [batch], {@link ImageDataset#UNLABELLED} where unknown
 * @param index which batch of the run this is, from 0
 * @param mixup how the images were blended, or null if they were not
 */
public record Batch(float[] images, int[] labels, long index, Mixup mixup) {
  /** Images that were not blended. */
  public Batch(float[] images, int[] labels, long index) {
    this(images, labels, index, null);
  }

  /** [batch], the labels of what the images were blended with. */
  public int[] partnerLabels() {
    return Arrays.stream(mixup.partners()).map(partner -> labels[partner]).toArray();
  }
}
