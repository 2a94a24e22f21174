package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class NoiseTest {
  private static final int MANY = 20_000;

  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void addsNormalsOfTheGivenDeviation() {
    Tensor x = device.normal(Shape.of(MANY));
    double[] noise = Binary.subtract(Noise.noise(x, 0.3f, random(1)), x).toDoubles();
    double mean = Arrays.stream(noise).average().orElseThrow();
    double variance = Arrays.stream(noise).map(v -> (v - mean) * (v - mean)).sum() / MANY;
    assertEquals(0, mean, 5 * 0.3 / Math.sqrt(MANY));
    assertEquals(0.09, variance, 5 * 0.09 * Math.sqrt(2.0 / MANY));
  }

  @Test
  void passesTheGradientThrough() {
    GradientCheck.check(
        in -> Unary.square(Noise.noise(in.get(0), 0.5f, random(2))), device.normal(Shape.of(3, 5)));
  }

  @Test
  void drawsAnewAtEachCallAndTheSameFromTheSameSeed() {
    Tensor x = device.normal(Shape.of(20));
    RandomSource random = random(3);
    double[] first = Noise.noise(x, 1, random).toDoubles();
    assertFalse(Arrays.equals(first, Noise.noise(x, 1, random).toDoubles()));
    assertArrayEquals(first, Noise.noise(x, 1, random(3)).toDoubles());
  }

  @Test
  void leavesTheInputAloneAtDeviationZero() {
    Tensor x = device.normal(Shape.of(20));
    assertArrayEquals(x.toDoubles(), Noise.noise(x, 0, random(4)).toDoubles());
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY})
  void refusesADeviationThatIsNone(float deviation) {
    Tensor x = device.normal(Shape.of(2));
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> Noise.noise(x, deviation, random(5)));
    assertEquals(
        "noise: the deviation must be 0 or more but is " + deviation, refusal.getMessage());
  }

  private RandomSource random(long seed) {
    return new RandomSource(device.backend(), seed);
  }
}
