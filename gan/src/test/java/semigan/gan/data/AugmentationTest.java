package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final int HEIGHT = 4;
  private static final int WIDTH = 5;
  private static final int CHANNELS = 2;

  private final ImageDataset images = Ramp.of(HEIGHT, WIDTH, CHANNELS, 1, 0);

  private float[] original() {
    float[] image = new float[images.imageLength()];
    images.read(0, image, 0);
    return image;
  }

  private int[] changed(Augmentation augmentation, long seed, long batch, int position) {
    float[] around = new float[images.imageLength() + 2];
    images.read(0, around, 1);
    augmentation.apply(around, 1, images, seed, batch, position);
    assertEquals(0, around[0], "before the image");
    assertEquals(0, around[around.length - 1], "after the image");
    return Ramp.bytes(Arrays.copyOfRange(around, 1, around.length - 1));
  }

  /** The definition: every pixel comes from where it was, black from outside. */
  private int[] moved(int down, int right, boolean mirrored) {
    int[] from = Ramp.bytes(original());
    int[] to = new int[from.length];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int fromY = y - down;
        int fromX = (mirrored ? WIDTH - 1 - x : x) - right;
        boolean inside = fromY >= 0 && fromY < HEIGHT && fromX >= 0 && fromX < WIDTH;
        for (int c = 0; c < CHANNELS && inside; c++) {
          to[(y * WIDTH + x) * CHANNELS + c] = from[(fromY * WIDTH + fromX) * CHANNELS + c];
        }
      }
    }
    return to;
  }

  @Test
  void everyShiftAndMirroringHappensAndNothingElse() {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> allowed = new HashSet<>();
    for (int down = -2; down <= 2; down++) {
      for (int right = -2; right <= 2; right++) {
        allowed.add(Arrays.toString(moved(down, right, false)));
        allowed.add(Arrays.toString(moved(down, right, true)));
      }
    }
    assertEquals(50, allowed.size());
    for (int position = 0; position < 2_000; position++) {
      seen.merge(
          Arrays.toString(changed(new Augmentation(2, true, 0), 1, 5, position)), 1, Integer::sum);
    }
    assertEquals(allowed, seen.keySet());
    assertTrue(seen.values().stream().allMatch(n -> n > 10 && n < 90), "all about as often");
  }

  @Test
  void itIsAFunctionOfSeedBatchAndPosition() {
    Augmentation augmentation = new Augmentation(2, true, 0);
    assertArrayEquals(changed(augmentation, 1, 2, 3), changed(augmentation, 1, 2, 3));
    Set<String> bySeed = new HashSet<>();
    Set<String> byBatch = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      bySeed.add(Arrays.toString(changed(augmentation, i, 2, 3)));
      byBatch.add(Arrays.toString(changed(augmentation, 1, i, 3)));
    }
    assertTrue(bySeed.size() > 5 && byBatch.size() > 5);
  }

  @Test
  void noShiftAndNoMirroringLeaveTheImageAlone() {
    assertArrayEquals(Ramp.bytes(original()), changed(new Augmentation(0, false, 0), 1, 2, 3));
  }

  @Test
  void aShiftLargerThanTheImageOnlyEmptiesIt() {
    for (int position = 0; position < 200; position++) {
      changed(new Augmentation(50, true, 0), 1, 1, position);
    }
  }

  @Test
  void aNegativeShiftIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Augmentation(-1, false, 0));
  }
}
