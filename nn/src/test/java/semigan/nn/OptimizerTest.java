package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.tensor.Gradients;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/** Adam and Sgd against their papers' formulas in double, on a bowl of uneven steepness. */
class OptimizerTest {
  private static final int STEPS = 50;
  private static final double[] STEEPNESS = {1, 0.01, 3, 1e-5};

  @RegisterExtension final TestDevice device = new TestDevice();
  private Map<String, Tensor> parameters;

  @BeforeEach
  void drawParameters() {
    parameters = new LinkedHashMap<>();
    parameters.put("matrix", device.normal(Shape.of(2, 2)));
    parameters.put("vector", device.normal(Shape.of(4)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void adamFollowsItsPaperWithEpsilonOutsideTheRootOrInside(boolean inside) {
    // Large enough for the two to part: their steps differ by far more than the tolerance.
    AdamSettings settings = new AdamSettings(0.5f, 0.999f, 1e-3f, inside);
    var adam = new Adam(device.backend(), parameters, settings, 0.05f);
    double[] p = flattened(parameters);
    double[] m = new double[p.length];
    double[] v = new double[p.length];
    for (int t = 1; t <= STEPS; t++) {
      double rate = t <= 30 ? 0.05f : 0.01f;
      if (t == 31) {
        adam.setRate(0.01f);
      }
      stepOnDevice(adam);
      for (int i = 0; i < p.length; i++) {
        double g = slope(p, i);
        m[i] = 0.5 * m[i] + 0.5 * g;
        v[i] = 0.999f * v[i] + (1 - 0.999f) * g * g;
        double first = m[i] / (1 - Math.pow(0.5, t));
        double second = v[i] / (1 - Math.pow(0.999f, t));
        p[i] -= rate * first / (inside ? Math.sqrt(second + 1e-3f) : Math.sqrt(second) + 1e-3f);
      }
    }
    assertArrayEquals(p, flattened(parameters), 1e-5);
  }

  @Test
  void copiesInBf16FollowTheirParameters() {
    parameters.get("matrix").keepRounded();
    for (Optimizer optimizer :
        List.of(
            new Adam(device.backend(), parameters, Adam.forGans(), 0.05f),
            new Sgd(device.backend(), parameters, 0.5f, 0.05f))) {
      stepOnDevice(optimizer);
      Tensor matrix = parameters.get("matrix");
      float[] exact = matrix.toFloats();
      float[] copy = matrix.rounded().orElseThrow().toFloats();
      for (int i = 0; i < exact.length; i++) {
        assertEquals(exact[i], copy[i], Math.abs(exact[i]) * 0x1p-8, "element " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.9f})
  void sgdFollowsItsFormula(float momentum) {
    var sgd = new Sgd(device.backend(), parameters, momentum, 0.05f);
    double[] p = flattened(parameters);
    double[] velocity = new double[p.length];
    for (int t = 1; t <= STEPS; t++) {
      double rate = t <= 30 ? 0.05f : 0.01f;
      if (t == 31) {
        sgd.setRate(0.01f);
      }
      stepOnDevice(sgd);
      for (int i = 0; i < p.length; i++) {
        velocity[i] = momentum * velocity[i] + slope(p, i);
        p[i] -= rate * velocity[i];
      }
    }
    assertArrayEquals(p, flattened(parameters), 1e-5);
  }

  @Test
  void theStateNamesEveryParameterAndTheClock() {
    var adam = new Adam(device.backend(), parameters, Adam.forGans(), 0.25f);
    stepOnDevice(adam);
    assertEquals(
        List.of("first.matrix", "first.vector", "second.matrix", "second.vector", "clock"),
        List.copyOf(adam.state().keySet()));
    assertArrayEquals(new float[] {1, 0.25f}, adam.state().get("clock").toFloats());

    var sgd = new Sgd(device.backend(), parameters, 0.9f, 0.25f);
    assertEquals(
        List.of("velocity.matrix", "velocity.vector", "clock"), List.copyOf(sgd.state().keySet()));
  }

  @Test
  void anOptimiserGoesOnFromASavedState() {
    var saved = new Adam(device.backend(), parameters, Adam.forGans(), 0.05f);
    stepOnDevice(saved);
    stepOnDevice(saved);
    var resumed = new Adam(device.backend(), parameters, Adam.forGans(), 0);
    resumed.state().forEach((name, tensor) -> tensor.assign(saved.state().get(name)));

    Map<String, float[]> before = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> before.put(name, parameter.toFloats()));
    stepOnDevice(saved);
    double[] expected = flattened(parameters);
    before.forEach((name, values) -> parameters.get(name).assign(values));
    stepOnDevice(resumed);
    assertArrayEquals(expected, flattened(parameters));
  }

  @Test
  void aParameterWithoutGradientIsRefused() {
    var adam = new Adam(device.backend(), parameters, Adam.forGans(), 0.05f);
    Tensor matrix = parameters.get("matrix");
    Gradients some = Sum.sum(matrix).backward(List.of(matrix));
    assertThrows(IllegalArgumentException.class, () -> adam.step(some));
  }

  @Test
  void theGansSettingsAreThoseOfDcgan() {
    assertEquals(new AdamSettings(0.5f, 0.999f, 1e-8f, false), Adam.forGans());
  }

  @Test
  void settingsThatGiveNoNumbersAreRefused() {
    assertRefused(
        () -> new AdamSettings(1, 0.999f, 1e-8f, false),
        "adam: beta1 must be in [0, 1) but is 1.0");
    assertRefused(
        () -> new AdamSettings(0.5f, Float.NaN, 1e-8f, false),
        "adam: beta2 must be in [0, 1) but is NaN");
    assertRefused(
        () -> new AdamSettings(0.5f, 0.999f, 0, true), "adam: epsilon must be over 0 but is 0.0");
    assertRefused(
        () -> new Sgd(device.backend(), parameters, 1, 0.1f),
        "sgd: momentum must be in [0, 1) but is 1.0");
    assertRefused(
        () -> new Adam(device.backend(), parameters, Adam.forGans(), -1),
        "optimiser: the rate must be 0 or more but is -1.0");
    var adam = new Adam(device.backend(), parameters, Adam.forGans(), 0.05f);
    assertRefused(
        () -> adam.setRate(Float.NaN), "optimiser: the rate must be 0 or more but is NaN");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  /** One step down {@code sum_i steepness_i p_i^2 / 2}. */
  private void stepOnDevice(Optimizer optimizer) {
    try (Scope step = Scope.open(device.backend())) {
      optimizer.step(bowl().backward(parameters.values()));
    }
  }

  private Tensor bowl() {
    float[] steepness = new float[STEEPNESS.length];
    for (int i = 0; i < steepness.length; i++) {
      steepness[i] = (float) STEEPNESS[i] / 2;
    }
    Tensor matrix = Unary.square(parameters.get("matrix"));
    Tensor vector = Unary.square(parameters.get("vector"));
    return Binary.add(
        Sum.sum(Binary.multiply(matrix, device.tensor(Shape.of(2, 2), steepness))),
        Sum.sum(Binary.multiply(vector, device.tensor(Shape.of(4), steepness))));
  }

  private static double slope(double[] p, int i) {
    return STEEPNESS[i % STEEPNESS.length] * p[i];
  }

  private static double[] flattened(Map<String, Tensor> parameters) {
    return parameters.values().stream()
        .flatMapToDouble(parameter -> Arrays.stream(parameter.toDoubles()))
        .toArray();
  }
}
