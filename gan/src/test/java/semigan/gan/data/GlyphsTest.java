package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class GlyphsTest {
  private static final int PIXELS = 28 * 28;

  private final DataSplit glyphs = Glyphs.split(Glyphs.SEED);

  private static float[] image(ImageDataset data, int index) {
    float[] image = new float[data.imageLength()];
    data.read(index, image, 0);
    return image;
  }

  @Test
  void anImageIsAFunctionOfSeedSplitAndIndexAlone() {
    ImageDataset again = Glyphs.split(Glyphs.SEED).train();
    image(again, 19_999);
    assertArrayEquals(image(glyphs.train(), 7), image(again, 7));
    assertArrayEquals(image(again, 7), image(again, 7), "read from what was kept");
    assertFalse(Arrays.equals(image(glyphs.train(), 7), image(Glyphs.split(2).train(), 7)));
    assertFalse(Arrays.equals(image(glyphs.train(), 7), image(glyphs.train(), 17)));
  }

  /**
   * The bytes are part of what a run's seed means; no JDK, machine or edit may move them unseen.
   */
  @Test
  void theFirstThousandImagesAreTheSameOnEveryMachine() {
    CRC32 crc = new CRC32();
    for (int i = 0; i < 1000; i++) {
      for (float value : image(glyphs.train(), i)) {
        crc.update(Math.round((value + 1) * 127.5f));
      }
    }
    assertEquals("bb064984", Long.toHexString(crc.getValue()));
  }

  @Test
  void everyClassHasTheSameNumberOfImages() {
    for (ImageDataset half : new ImageDataset[] {glyphs.train(), glyphs.test()}) {
      int[] counts = new int[10];
      IntStream.range(0, half.size()).forEach(i -> counts[half.label(i)]++);
      assertEquals(1, Arrays.stream(counts).distinct().count(), Arrays.toString(counts));
    }
    assertEquals(20_000, glyphs.train().size());
    assertEquals(2_000, glyphs.test().size());
  }

  @Test
  void noTestImageIsATrainingImage() {
    Set<Integer> train = new HashSet<>();
    IntStream.range(0, 20_000).forEach(i -> train.add(Arrays.hashCode(image(glyphs.train(), i))));
    assertTrue(train.size() > 19_990, "hardly any two are alike: " + train.size());
    long shared =
        IntStream.range(0, 2_000)
            .filter(i -> train.contains(Arrays.hashCode(image(glyphs.test(), i))))
            .count();
    assertTrue(shared <= 1, shared + " shared");
  }

  @Test
  void pixelsRunFromBlackToWhiteWithinAMargin() {
    for (int i = 0; i < 500; i++) {
      float[] image = image(glyphs.train(), i);
      float most = -1;
      int ink = 0;
      for (float value : image) {
        assertTrue(value >= -1 && value <= 1);
        most = Math.max(most, value);
        ink += value > 0 ? 1 : 0;
      }
      assertEquals(1, most, 0.05, "image " + i + " has full ink somewhere");
      assertEquals(-1, image[0], "image " + i + " has a black corner");
      assertTrue(ink > 15 && ink < 350, "image " + i + " has " + ink + " white pixels");
    }
  }

  /**
   * Nearest neighbours see classes, far better with more labels: easy enough to be read, varied
   * enough that a hundred labels are too few.
   */
  @Test
  void classesAreReadableAndAHundredLabelsAreNotEnough() {
    double few = nearestNeighbourAccuracy(100);
    double many = nearestNeighbourAccuracy(5_000);
    assertTrue(few > 0.55 && few < 0.78, "100 labels: " + few);
    assertTrue(many > 0.90, "5000 labels: " + many);
  }

  private double nearestNeighbourAccuracy(int labels) {
    float[][] known =
        IntStream.range(0, labels).mapToObj(i -> image(glyphs.train(), i)).toArray(float[][]::new);
    int asked = 300;
    int right = 0;
    for (int i = 0; i < asked; i++) {
      right += nearest(known, image(glyphs.test(), i)) % 10 == glyphs.test().label(i) ? 1 : 0;
    }
    return (double) right / asked;
  }

  private static int nearest(float[][] known, float[] asked) {
    int nearest = -1;
    float least = Float.POSITIVE_INFINITY;
    for (int k = 0; k < known.length; k++) {
      float distance = 0;
      for (int p = 0; p < PIXELS && distance < least; p++) {
        float difference = known[k][p] - asked[p];
        distance += difference * difference;
      }
      if (distance < least) {
        least = distance;
        nearest = k;
      }
    }
    return nearest;
  }

  @Test
  void anIndexOutsideTheSetIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> glyphs.test().label(2_000));
    assertThrows(
        IndexOutOfBoundsException.class, () -> glyphs.test().read(-1, new float[PIXELS], 0));
  }
}
