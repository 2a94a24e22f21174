package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixupTest {
  private static final int MANY = 20_000;

  @Test
  void everyImageIsSomebodysPartner() {
    int[] partners = Mixup.draw(1, 64, 3, 5).partners();
    int[] sorted = Arrays.stream(partners).sorted().toArray();
    assertArrayEquals(IntStream.range(0, 64).toArray(), sorted);
    assertFalse(Arrays.equals(sorted, partners));
  }

  /** For a beta distribution with two equal parameters a, the variance is 1 / (4 (2 a + 1)). */
  @ParameterizedTest
  @ValueSource(floats = {0.1f, 0.4f, 1})
  void sharesAreOfTheBetaDistributionAndAtLeastAHalf(float strength) {
    float[] shares = Mixup.draw(strength, MANY, 1, 0).shares();
    double squares = 0;
    for (float share : shares) {
      assertTrue(share >= 0.5f && share <= 1, "share " + share);
      squares += (share - 0.5) * (share - 0.5) / MANY;
    }
    assertEquals(1 / (4 * (2 * strength + 1)), squares, 0.003);
  }

  @Test
  void atTheGreatestStrengthSharesAreUniform() {
    float[] shares = Mixup.draw(1, MANY, 1, 0).shares();
    Arrays.sort(shares);
    for (int tenth = 1; tenth < 10; tenth++) {
      assertEquals(0.5 + tenth / 20.0, shares[tenth * MANY / 10], 0.01);
    }
  }

  @Test
  void almostNoStrengthIsAlmostNoBlend() {
    float[] shares = Mixup.draw(1e-4f, 1000, 1, 0).shares();
    assertTrue(IntStream.range(0, 1000).filter(i -> shares[i] < 0.999f).count() < 10);
  }

  @Test
  void itIsAFunctionOfSeedAndBatch() {
    Mixup drawn = Mixup.draw(1, 16, 3, 5);
    assertArrayEquals(drawn.shares(), Mixup.draw(1, 16, 3, 5).shares());
    assertArrayEquals(drawn.partners(), Mixup.draw(1, 16, 3, 5).partners());
    assertFalse(Arrays.equals(drawn.shares(), Mixup.draw(1, 16, 4, 5).shares()));
    assertFalse(Arrays.equals(drawn.shares(), Mixup.draw(1, 16, 3, 6).shares()));
  }

  @Test
  void blendsAreOfTheImagesAsTheyWere() {
    float[] images = {1, 2, 3, 4, 5, 6};
    new Mixup(new int[] {1, 2, 0}, new float[] {0.75f, 0.5f, 1}).blend(images);
    assertArrayEquals(new float[] {1.5f, 2.5f, 4, 5, 5, 6}, images);
  }
}
