package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DistortionTest {
  private final ImageDataset glyphs = DataSets.open("glyphs", DataOptions.defaults()).train();

  private float[] distorted(float strength, int image, long batch, int position) {
    float[] pixels = new float[glyphs.imageLength()];
    glyphs.read(image, pixels, 0);
    new Augmentation(0, false, strength).apply(pixels, 0, glyphs, 3, batch, position);
    return pixels;
  }

  @Test
  void itIsAFunctionOfThePlaceInTheRun() {
    float[] once = distorted(0.5f, 4, 2, 1);
    assertArrayEquals(once, distorted(0.5f, 4, 2, 1));
    assertFalse(Arrays.equals(once, distorted(0.5f, 4, 2, 2)));
    assertFalse(Arrays.equals(once, distorted(0.5f, 4, 3, 1)));
    assertFalse(Arrays.equals(once, distorted(0, 4, 2, 1)));
  }

  /** Pixels lie between the darkest and the brightest, and the ink is about as much as before. */
  @Test
  void aGlyphStaysAGlyph() {
    double before = 0;
    double after = 0;
    for (int i = 0; i < 200; i++) {
      before += ink(distorted(0, i, 0, i));
      float[] pixels = distorted(1, i, 0, i);
      after += ink(pixels);
      for (float pixel : pixels) {
        assertTrue(pixel >= -1 && pixel <= 1, "pixel " + pixel);
      }
    }
    assertEquals(1, after / before, 0.15);
  }

  private static double ink(float[] pixels) {
    double sum = 0;
    for (float pixel : pixels) {
      sum += pixel + 1;
    }
    return sum;
  }

  /** However it is drawn, a weaker one moves things less far: in the limit, not at all. */
  @Test
  void aWeakDistortionChangesLittle() {
    double weak = 0;
    double strong = 0;
    for (int i = 0; i < 50; i++) {
      weak += distance(distorted(0, i, 0, i), distorted(0.01f, i, 0, i));
      strong += distance(distorted(0, i, 0, i), distorted(0.5f, i, 0, i));
    }
    assertTrue(weak < 0.05 * strong, weak + " and " + strong);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }
}
