package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import semigan.kernels.AugmentGeometry;
import semigan.kernels.AugmentGeometry.Change;
import semigan.kernels.AugmentKernels;
import semigan.kernels.Buffer;

/**
 * Augmentation, an image at a time. The three changes of colour are one: {@code c s x + c (1 - s) m
 * + (1 - c) M + b}, with the pixel's mean {@code m} and the image's {@code M}; and this without
 * {@code b} is its own gradient.
 */
final class CpuAugment implements AugmentKernels {
  private final Widening widening;

  CpuAugment(Widening widening) {
    this.widening = widening;
  }

  @Override
  public void forward(AugmentGeometry geometry, Buffer draws, Buffer x, Buffer y) {
    forEachImage(
        geometry,
        draws,
        x,
        y,
        (change, from, to) -> {
          colour(geometry, change, from, (float) change.brightness());
          place(geometry, change, from, to, true);
        });
  }

  @Override
  public void backward(AugmentGeometry geometry, Buffer draws, Buffer dy, Buffer dx) {
    forEachImage(
        geometry,
        draws,
        dy,
        dx,
        (change, from, to) -> {
          place(geometry, change, from, to, false);
          colour(geometry, change, to, 0);
        });
  }

  private interface Body {
    /**
     * @param to all zeros
     */
    void run(Change change, float[] from, float[] to);
  }

  private void forEachImage(AugmentGeometry geometry, Buffer draws, Buffer x, Buffer y, Body body) {
    FloatBuffer u = CpuBuffer.of(draws).floats();
    int length = geometry.imageLength();
    float[] from = new float[length];
    double[] ofImage = new double[AugmentGeometry.DRAWS];
    try (var wide = widening.open()) {
      FloatBuffer source = wide.reading(x).floats();
      FloatBuffer target = wide.writing(y).floats();
      for (int n = 0; n < geometry.batch(); n++) {
        for (int i = 0; i < ofImage.length; i++) {
          ofImage[i] = u.get(n * ofImage.length + i);
        }
        source.get(n * length, from, 0, length);
        float[] to = new float[length];
        body.run(geometry.change(ofImage), from, to);
        target.put(n * length, to, 0, length);
      }
    }
  }

  private static void colour(AugmentGeometry g, Change change, float[] image, float added) {
    double sum = 0;
    for (float value : image) {
      sum += value;
    }
    float base = (float) ((1 - change.contrast()) * sum / image.length) + added;
    float own = (float) (change.contrast() * change.saturation());
    float ofPixel = (float) (change.contrast() * (1 - change.saturation())) / g.channels();
    for (int start = 0; start < image.length; start += g.channels()) {
      float pixel = 0;
      for (int i = start; i < start + g.channels(); i++) {
        pixel += image[i];
      }
      for (int i = start; i < start + g.channels(); i++) {
        image[i] = own * image[i] + (ofPixel * pixel + base);
      }
    }
  }

  private static void place(
      AugmentGeometry g, Change change, float[] image, float[] target, boolean there) {
    int moved = (change.down() * g.width() + change.right()) * g.channels();
    for (int row = 0; row < g.height(); row++) {
      for (int column = 0; column < g.width(); column++) {
        if (g.shows(change, row, column)) {
          int shown = (row * g.width() + column) * g.channels();
          int from = there ? shown - moved : shown;
          int to = there ? shown : shown - moved;
          System.arraycopy(image, from, target, to, g.channels());
        }
      }
    }
  }
}
