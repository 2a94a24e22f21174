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

class DropoutTest {
  private static final int MANY = 20_000;

  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @ValueSource(floats = {0.1f, 0.5f, 0.9f})
  void dropsTheGivenShareAndScalesTheRest(float rate) {
    Tensor x = device.uniform(Shape.of(MANY), 1, 2);
    double[] before = x.toDoubles();
    double[] after = Dropout.dropout(x, rate, random(1)).toDoubles();
    int dropped = 0;
    for (int i = 0; i < MANY; i++) {
      if (after[i] == 0) {
        dropped++;
      } else {
        assertEquals(before[i] / (1 - rate), after[i], 1e-6 * after[i]);
      }
    }
    double deviation = Math.sqrt(MANY * rate * (1 - rate));
    assertEquals(MANY * rate, dropped, 5 * deviation);
  }

  @Test
  void sendsTheGradientThroughWhatItKept() {
    GradientCheck.check(
        in -> Dropout.dropout(in.get(0), 0.4f, random(2)), device.normal(Shape.of(5, 9)));
  }

  @Test
  void keepsTheGradientOfEachOfTwoDrawsApart() {
    GradientCheck.check(
        in -> {
          RandomSource random = random(3);
          Tensor once = Dropout.dropout(in.get(0), 0.5f, random);
          return Dropout.dropout(Unary.square(once), 0.5f, random);
        },
        device.normal(Shape.of(40)));
  }

  @Test
  void drawsAnewAtEachCallAndStepAndTheSameFromTheSameSeed() {
    Tensor x = device.uniform(Shape.of(200), 1, 2);
    RandomSource random = random(4);
    double[] first = Dropout.dropout(x, 0.5f, random).toDoubles();
    double[] second = Dropout.dropout(x, 0.5f, random).toDoubles();
    random.advance();
    double[] nextStep = Dropout.dropout(x, 0.5f, random).toDoubles();
    assertFalse(Arrays.equals(first, second));
    assertFalse(Arrays.equals(first, nextStep));
    assertArrayEquals(first, Dropout.dropout(x, 0.5f, random(4)).toDoubles());
  }

  @Test
  void dropsNothingAtRateZero() {
    Tensor x = device.normal(Shape.of(50));
    assertArrayEquals(x.toDoubles(), Dropout.dropout(x, 0, random(5)).toDoubles());
  }

  @ParameterizedTest
  @ValueSource(floats = {1, -0.1f, Float.NaN})
  void refusesARateThatIsNoShare(float rate) {
    Tensor x = device.normal(Shape.of(2));
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> Dropout.dropout(x, rate, random(6)));
    assertEquals("dropout: rate must be in [0, 1) but is " + rate, refusal.getMessage());
  }

  private RandomSource random(long seed) {
    return new RandomSource(device.backend(), seed);
  }
}
