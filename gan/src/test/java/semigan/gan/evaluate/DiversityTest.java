package semigan.gan.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DiversityTest {
  @Test
  void theDistancesOfAllPairsAreAveraged() {
    // A triangle with sides 3, 4 and 5.
    float[] corners = {1, 1, 4, 1, 4, 5};
    assertEquals(4, Diversity.meanDistance(corners, 3), 1e-12);
  }

  @Test
  void equalImagesAreNotApart() {
    assertEquals(0, Diversity.meanDistance(new float[] {0.5f, -1, 0.5f, -1, 0.5f, -1}, 3));
  }

  @Test
  void oneImageHasNoOther() {
    assertThrows(IllegalArgumentException.class, () -> Diversity.meanDistance(new float[4], 1));
    assertThrows(IllegalArgumentException.class, () -> Diversity.meanDistance(new float[5], 2));
  }
}
