package semigan.gan.data;

/**
 * Some images and their labels. The arrays belong to the {@link BatchLoader} and are used again
 * after its next {@link BatchLoader#next()}.
 *
 * @param images [batch, height, width, channels], in [-1, 1]
 * @param labels [batch], {@link ImageDataset#UNLABELLED} where unknown
 * @param index which batch of the run this is, from 0
 */
public record Batch(float[] images, int[] labels, long index) {}
