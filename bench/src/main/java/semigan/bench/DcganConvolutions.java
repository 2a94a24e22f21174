package semigan.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvDirection;

/**
 * The convolutions of a DCGAN's training step, and how often each is done: no more than its two
 * updates need. The generator's transposed convolutions are counted as the convolutions that they
 * transpose; the ends that see 4x4 images as a whole are matrix products, and not counted.
 */
public final class DcganConvolutions {
  /** One of them. */
  public record Convolution(ConvDirection direction, Conv2dGeometry geometry) {}

  private final Map<Convolution, Integer> calls = new LinkedHashMap<>();

  private DcganConvolutions() {}

  /** Those of one step, with their number. */
  public static Map<Convolution, Integer> of(Workload workload) {
    DcganConvolutions convolutions = new DcganConvolutions();
    int channels = workload.channels();
    int filters = workload.width();
    for (int size = workload.size(); size > 4; size /= 2) {
      boolean atImage = size == workload.size();
      Conv2dGeometry halving = halving(workload.batch(), size, channels, filters);
      convolutions.discriminator(halving, atImage);
      convolutions.generator(halving);
      channels = filters;
      filters *= 2;
    }
    return convolutions.calls;
  }

  /** On real images, on generated ones, and for the generator, through it to the images. */
  private void discriminator(Conv2dGeometry halving, boolean first) {
    add(ConvDirection.FORWARD, halving, 3);
    add(ConvDirection.BACKWARD_WEIGHT, halving, 2);
    add(ConvDirection.BACKWARD_INPUT, halving, first ? 1 : 3);
  }

  /** Once there and back; a dense layer lies before its first convolution. */
  private void generator(Conv2dGeometry halving) {
    add(ConvDirection.BACKWARD_INPUT, halving, 1);
    add(ConvDirection.BACKWARD_WEIGHT, halving, 1);
    add(ConvDirection.FORWARD, halving, 1);
  }

  private void add(ConvDirection direction, Conv2dGeometry geometry, int times) {
    calls.merge(new Convolution(direction, geometry), times, Integer::sum);
  }

  private static Conv2dGeometry halving(int batch, int size, int in, int out) {
    return new Conv2dGeometry(batch, size, size, in, out, 4, 4, 2, 2, 1, 1, 1, 1);
  }
}
