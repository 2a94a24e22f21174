package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import semigan.kernels.DType;

class RandomSourceTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void drawsTheSameFromTheSameSeedAndOthersFromAnother() {
    float[] first = draw(source(7));
    assertArrayEquals(first, draw(source(7)));
    assertFalse(Arrays.equals(first, draw(source(8))));
    assertFalse(Arrays.equals(first, draw(source(7L << 32))), "all of the seed counts");
  }

  @Test
  void drawsAnewAtEachCallAndAtEachStep() {
    RandomSource source = source(7);
    float[] first = draw(source);
    float[] second = draw(source);
    source.advance();
    float[] nextStep = draw(source);
    assertFalse(Arrays.equals(first, second));
    assertFalse(Arrays.equals(first, nextStep));
    assertFalse(Arrays.equals(second, nextStep));
  }

  @Test
  void goesToAnyStep() {
    RandomSource walked = source(7);
    draw(walked);
    for (int step = 0; step < 5; step++) {
      walked.advance();
    }
    RandomSource jumped = source(7);
    jumped.moveTo(5);
    assertArrayEquals(draw(walked), draw(jumped));
    jumped.moveTo(0);
    assertArrayEquals(draw(source(7)), draw(jumped));
  }

  @Test
  void countsStepsPast32Bits() {
    RandomSource walked = source(7);
    walked.moveTo((1L << 32) - 1);
    float[] last = draw(walked);
    walked.advance();
    RandomSource jumped = source(7);
    jumped.moveTo(1L << 32);
    float[] beyond = draw(jumped);
    assertArrayEquals(beyond, draw(walked));
    assertFalse(Arrays.equals(last, beyond));
    assertFalse(Arrays.equals(draw(source(7)), beyond), "and does not begin again");
  }

  @Test
  void drawsThePartsOfALongerRun() {
    RandomSource source = source(7);
    float[] whole = source.normal(DType.F32, Shape.of(100), 0, 1).toFloats();
    source.moveTo(0);
    float[] part = source.normal(DType.F32, Shape.of(30), 0, 1, 45).toFloats();
    assertArrayEquals(Arrays.copyOfRange(whole, 45, 75), part);
  }

  @Test
  void drawsUniformlyFromTheGivenRange() {
    float[] values = source(7).uniform(DType.F32, Shape.of(20_000), -2, 6).toFloats();
    double sum = 0;
    for (float value : values) {
      assertTrue(value >= -2 && value < 6);
      sum += value;
    }
    assertEquals(2, sum / values.length, 5 * 8 / Math.sqrt(12 * 20_000));
  }

  @Test
  void drawsNormalsOfTheGivenMeanAndDeviation() {
    double[] values = source(7).normal(DType.F64, Shape.of(20_000), 3, 0.5f).toDoubles();
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / 20_000;
    assertEquals(3, mean, 5 * 0.5 / Math.sqrt(20_000));
    assertEquals(0.25, variance, 5 * 0.25 * Math.sqrt(2.0 / 20_000));
  }

  @Test
  void drawsNoIntegers() {
    for (Executable draw :
        List.<Executable>of(
            () -> source(7).uniform(DType.I32, Shape.of(2), 0, 10),
            () -> source(7).normal(DType.I32, Shape.of(2), 0, 10))) {
      String message = assertThrows(IllegalArgumentException.class, draw).getMessage();
      assertTrue(message.contains("[2] is I32, expected a floating-point type"), message);
    }
  }

  private static float[] draw(RandomSource source) {
    return source.uniform(DType.F32, Shape.of(50), 0, 1).toFloats();
  }

  private RandomSource source(long seed) {
    return new RandomSource(device.backend(), seed);
  }
}
