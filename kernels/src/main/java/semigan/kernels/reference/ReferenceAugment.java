package semigan.kernels.reference;

import semigan.kernels.AugmentGeometry;
import semigan.kernels.AugmentGeometry.Change;
import semigan.kernels.AugmentKernels;
import semigan.kernels.Buffer;

/** Augmentation, step by step; backwards, each step's gradient in the opposite order. */
final class ReferenceAugment implements AugmentKernels {
  @Override
  public void forward(AugmentGeometry geometry, Buffer draws, Buffer x, Buffer y) {
    int length = geometry.imageLength();
    for (int n = 0; n < geometry.batch(); n++) {
      Change change = change(geometry, draws, n);
      double[] image = image(x, n, length);
      for (int i = 0; i < length; i++) {
        image[i] += change.brightness();
      }
      spread(image, geometry.channels(), change.saturation());
      spread(image, length, change.contrast());
      set(y, n, placed(geometry, change, image, true));
    }
  }

  @Override
  public void backward(AugmentGeometry geometry, Buffer draws, Buffer dy, Buffer dx) {
    int length = geometry.imageLength();
    for (int n = 0; n < geometry.batch(); n++) {
      Change change = change(geometry, draws, n);
      double[] image = placed(geometry, change, image(dy, n, length), false);
      spread(image, length, change.contrast());
      spread(image, geometry.channels(), change.saturation());
      set(dx, n, image);
    }
  }

  /** Multiplies the differences from the mean of each group. This is its own gradient. */
  private static void spread(double[] image, int group, double factor) {
    for (int start = 0; start < image.length; start += group) {
      double mean = 0;
      for (int i = start; i < start + group; i++) {
        mean += image[i] / group;
      }
      for (int i = start; i < start + group; i++) {
        image[i] = mean + factor * (image[i] - mean);
      }
    }
  }

  /** Moves the pixels that show to where they show, or from there back. */
  private static double[] placed(AugmentGeometry g, Change change, double[] image, boolean there) {
    double[] result = new double[image.length];
    for (int row = 0; row < g.height(); row++) {
      for (int column = 0; column < g.width(); column++) {
        if (g.shows(change, row, column)) {
          int shown = (row * g.width() + column) * g.channels();
          int moved = (change.down() * g.width() + change.right()) * g.channels();
          int from = there ? shown - moved : shown;
          int to = there ? shown : shown - moved;
          System.arraycopy(image, from, result, to, g.channels());
        }
      }
    }
    return result;
  }

  private static Change change(AugmentGeometry geometry, Buffer draws, int n) {
    return geometry.change(image(draws, n, AugmentGeometry.DRAWS));
  }

  private static double[] image(Buffer x, int n, int length) {
    double[] image = new double[length];
    for (int i = 0; i < length; i++) {
      image[i] = ReferenceBuffer.of(x).get((long) n * length + i);
    }
    return image;
  }

  private static void set(Buffer y, int n, double[] image) {
    for (int i = 0; i < image.length; i++) {
      ReferenceBuffer.of(y).set((long) n * image.length + i, image[i]);
    }
  }
}
