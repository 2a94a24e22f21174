package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.DType;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

class WeightAverageTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void theAverageStartsAtTheWeightsAndFollowsThem() {
    Module source = network(2);
    Module average = network(2);
    var averaging = new WeightAverage(device.backend(), source, average, 0.25f);
    double[] expected = weight(source).toDoubles();
    assertArrayEquals(expected, weight(average).toDoubles());

    for (int step = 0; step < 40; step++) {
      weight(source).assign(device.normal(Shape.of(2, 3)));
      averaging.step();
      double[] present = weight(source).toDoubles();
      for (int i = 0; i < expected.length; i++) {
        expected[i] += Math.max(0.25, 9.0 / (10 + step)) * (present[i] - expected[i]);
      }
    }
    Slopes.assertClose(expected, weight(average), 1e-6, "average");
  }

  @Test
  void runningStatisticsAreAveragedToo() {
    Module source = network(2);
    Module average = network(2);
    var averaging = new WeightAverage(device.backend(), source, average, 0.5f);
    source.statistics().get("1.mean").assign(new float[] {4, -2});
    averaging.step();
    assertArrayEquals(
        new float[] {3.6f, -1.8f}, average.statistics().get("1.mean").toFloats(), 1e-6f);
  }

  @Test
  void anOptimiserTakesItAlongAsIfItWereCalledAfterwards() {
    Module together = network(2);
    Module apart = network(2);
    together.state().forEach((name, tensor) -> tensor.assign(apart.state().get(name)));
    Module togetherAverage = network(2);
    Module apartAverage = network(2);
    var averaging = new WeightAverage(device.backend(), together, togetherAverage, 0.25f);
    var separate = new WeightAverage(device.backend(), apart, apartAverage, 0.25f);
    Adam first =
        new Adam(device.backend(), together.parameters(), Adam.forGans(), 0.1f)
            .averaging(averaging);
    Adam second = new Adam(device.backend(), apart.parameters(), Adam.forGans(), 0.1f);
    for (int step = 0; step < 5; step++) {
      Tensor x = device.normal(Shape.of(4, 3));
      train(together, first, x);
      train(apart, second, x);
      separate.step();
    }
    apartAverage
        .state()
        .forEach(
            (name, expected) ->
                assertArrayEquals(
                    expected.toFloats(), togetherAverage.state().get(name).toFloats(), name));
  }

  @Test
  void copiesInBf16FollowTheAverage() {
    Module source = network(2);
    Module average = network(2);
    average.parameters().values().forEach(Tensor::keepRounded);
    var averaging = new WeightAverage(device.backend(), source, average, 0.25f);
    weight(source).assign(new float[] {8, 16, 32, 64, 128, 256});
    averaging.step();
    assertRounded(weight(average));
    Adam adam =
        new Adam(device.backend(), source.parameters(), Adam.forGans(), 1).averaging(averaging);
    train(source, adam, device.normal(Shape.of(4, 3)));
    assertRounded(weight(average));
  }

  private static void assertRounded(Tensor tensor) {
    Tensor expected = Tensor.empty(tensor.device(), DType.BF16, tensor.shape());
    expected.assign(tensor);
    assertArrayEquals(expected.toFloats(), tensor.rounded().orElseThrow().toFloats());
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, 1.1f, Float.NaN})
  void aRateThatIsNoShareIsRefused(float rate) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> new WeightAverage(device.backend(), network(2), network(2), rate));
    assertEquals("weight average: the rate must be in [0, 1] but is " + rate, refusal.getMessage());
  }

  private static void train(Module module, Adam adam, Tensor x) {
    Tensor loss = Losses.leastSquares(module.forward(x, Mode.TRAIN_TRACKING), 1);
    adam.step(loss.backward(module.parameters().values()));
  }

  @Test
  void anAverageOfAnotherModuleIsRefused() {
    Module source = network(2);
    var averaging = new WeightAverage(device.backend(), network(2), network(2), 0.5f);
    Adam adam =
        new Adam(device.backend(), source.parameters(), Adam.forGans(), 0.1f).averaging(averaging);
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> train(source, adam, device.normal(Shape.of(4, 3))));
    assertTrue(refusal.getMessage().contains("is not the source's"), refusal.getMessage());
  }

  @Test
  void theSourceIsLeftAlone() {
    Module source = network(2);
    float[] before = weight(source).toFloats();
    new WeightAverage(device.backend(), source, network(2), 0.5f).step();
    assertArrayEquals(before, weight(source).toFloats());
  }

  @Test
  void anotherArchitectureIsRefusedAndNotOverwritten() {
    Module average = network(4);
    float[] before = weight(average).toFloats();
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> new WeightAverage(device.backend(), network(2), average, 0.5f));
    assertEquals(
        "weight average: '0.weight' is [2,3] in the source but [4,3] in the average; build both alike",
        refusal.getMessage());
    assertArrayEquals(before, weight(average).toFloats());

    var missing =
        assertThrows(
            IllegalArgumentException.class,
            () -> new WeightAverage(device.backend(), new Sequential(), average, 0.5f));
    assertTrue(missing.getMessage().contains("is missing in the source"), missing.getMessage());
  }

  private Module network(int outputs) {
    return new Sequential(
        new Dense(3, outputs, true, Initialiser.normal(1), device.draws()),
        new BatchNorm(outputs, device.backend()));
  }

  private static Tensor weight(Module network) {
    return network.parameters().get("0.weight");
  }
}
