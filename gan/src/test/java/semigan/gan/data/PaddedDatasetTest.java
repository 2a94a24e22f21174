package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PaddedDatasetTest {
  @Test
  void theImageStandsInTheMiddleOfABlackCanvas() {
    PaddedDataset padded = new PaddedDataset(Ramp.of(2, 2, 1, 1, 0, 0), 4, 5);
    float[] target = new float[22];
    Arrays.fill(target, 9);
    padded.read(1, target, 1);
    float[] image = Arrays.copyOfRange(target, 1, 21);
    assertArrayEquals(
        new int[] {
          0, 0, 0, 0, 0, //
          0, 2, 3, 0, 0, //
          0, 4, 5, 0, 0, //
          0, 0, 0, 0, 0,
        },
        Ramp.bytes(image));
    assertEquals(9, target[0], "before the image");
    assertEquals(9, target[21], "after the image");
    assertEquals(20, padded.imageLength());
  }

  @Test
  void colourStaysTogether() {
    PaddedDataset padded = new PaddedDataset(Ramp.of(1, 2, 3, 1, 0), 1, 4);
    float[] target = new float[12];
    padded.read(0, target, 0);
    assertArrayEquals(new int[] {0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0}, Ramp.bytes(target));
  }

  @Test
  void glyphsFitIntoThirtyTwoSquared() {
    ImageDataset glyphs = Glyphs.split(1).test();
    PaddedDataset padded = new PaddedDataset(glyphs, 32, 32);
    float[] plain = new float[28 * 28];
    float[] larger = new float[32 * 32];
    glyphs.read(3, plain, 0);
    padded.read(3, larger, 0);
    double outside = 0;
    for (int row = 0; row < 32; row++) {
      for (int column = 0; column < 32; column++) {
        boolean inside = row >= 2 && row < 30 && column >= 2 && column < 30;
        float value = larger[row * 32 + column];
        if (inside) {
          assertEquals(plain[(row - 2) * 28 + column - 2], value);
        } else {
          outside += value + 1;
        }
      }
    }
    assertEquals(0, outside);
  }

  @Test
  void aCanvasSmallerThanTheImagesIsRefused() {
    ImageDataset images = Ramp.of(2, 2, 1, 1, 0);
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> new PaddedDataset(images, 4, 1));
    assertEquals(
        "canvas is 4x1 but the images of ramp are 2x2; expected at least that",
        refusal.getMessage());
  }
}
