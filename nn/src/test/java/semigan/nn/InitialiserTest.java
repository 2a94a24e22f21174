package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.tensor.Shape;

/** Means and variances of 40,000 draws, within five standard errors. */
class InitialiserTest {
  private static final int COUNT = 40_000;
  private static final long FAN_IN = 50;
  private static final long FAN_OUT = 30;

  /** E[x^4] / E[x^2]^2. */
  private static final double NORMAL = 3;

  private static final double UNIFORM = 1.8;

  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void normalHasTheGivenDeviation() {
    assertMoments(draw(Initialiser.normal(0.02f)), 4e-4, NORMAL);
  }

  @Test
  void uniformStaysInsideItsLimit() {
    double[] draws = draw(Initialiser.uniform(0.3f));
    assertMoments(draws, 0.09 / 3, UNIFORM);
    assertTrue(Arrays.stream(draws).allMatch(x -> x >= -0.3f && x < 0.3f));
  }

  @Test
  void glorotIsUniformOfTheVarianceThatBothFansWant() {
    double[] draws = draw(Initialiser.glorot());
    assertMoments(draws, 2.0 / (FAN_IN + FAN_OUT), UNIFORM);
    double limit = Math.sqrt(6.0 / (FAN_IN + FAN_OUT));
    assertTrue(Arrays.stream(draws).allMatch(x -> Math.abs(x) <= limit + 1e-7));
  }

  @Test
  void heIsNormalOfTheVarianceThatItsSlopeWants() {
    assertMoments(draw(Initialiser.he(0)), 2.0 / FAN_IN, NORMAL);
    assertMoments(draw(Initialiser.he(0.2f)), 2 / (1.04 * FAN_IN), NORMAL);
  }

  @Test
  void heKeepsTheSecondMomentThroughADeepNetwork() {
    Module[] layers = new Module[20];
    for (int i = 0; i < layers.length; i += 2) {
      layers[i] = new Dense(200, 200, false, Initialiser.he(0.2f), device.draws());
      layers[i + 1] = Layer.leakyRelu(0.2f);
    }
    var y = new Sequential(layers).forward(device.normal(Shape.of(8, 200)), Mode.EVAL);
    double moment = Arrays.stream(y.toDoubles()).map(v -> v * v).average().orElseThrow();
    assertEquals(1, moment, 0.5);
  }

  @Test
  void constantIsConstant() {
    var drawn = Initialiser.constant(0.25f).draw(Shape.of(2, 2), 2, 2, device.draws());
    assertArrayEquals(new float[] {0.25f, 0.25f, 0.25f, 0.25f}, drawn.toFloats());
  }

  @Test
  void twoDrawsAreIndependent() {
    double[] first = draw(Initialiser.normal(1));
    double[] second = draw(Initialiser.normal(1));
    double correlation = 0;
    for (int i = 0; i < COUNT; i++) {
      correlation += first[i] * second[i] / COUNT;
    }
    assertEquals(0, correlation, 5 / Math.sqrt(COUNT));
  }

  private double[] draw(Initialiser initialiser) {
    return initialiser.draw(Shape.of(200, 200), FAN_IN, FAN_OUT, device.draws()).toDoubles();
  }

  private static void assertMoments(double[] draws, double variance, double kurtosis) {
    assertEquals(0, Plain.mean(draws, 1)[0], 5 * Math.sqrt(variance / COUNT), "mean");
    assertEquals(
        variance,
        Plain.variance(draws, 1)[0],
        5 * variance * Math.sqrt((kurtosis - 1) / COUNT),
        "variance");
  }
}
