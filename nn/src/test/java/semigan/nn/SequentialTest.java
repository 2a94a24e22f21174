package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

class SequentialTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void oneModuleFeedsTheNext() {
    Dense first = dense(3, 4);
    Dense second = dense(4, 2);
    Tensor x = device.normal(Shape.of(5, 3));
    Tensor byHand =
        second.forward(Layer.tanh().forward(first.forward(x, Mode.EVAL), Mode.EVAL), Mode.EVAL);
    assertArrayEquals(
        byHand.toFloats(),
        new Sequential(first, Layer.tanh(), second).forward(x, Mode.EVAL).toFloats());
  }

  @Test
  void namesBeginWithThePlaceAlsoWhenNested() {
    Dense inner = dense(4, 4);
    Sequential net =
        new Sequential(
            dense(3, 4),
            Layer.relu(),
            new Sequential(inner, new BatchNorm(4, device.backend())),
            new WeightNorm(dense(4, 2), false, 1));
    assertEquals(
        List.of(
            "0.weight",
            "0.bias",
            "2.0.weight",
            "2.0.bias",
            "2.1.scale",
            "2.1.shift",
            "3.weight",
            "3.bias"),
        List.copyOf(net.parameters().keySet()));
    assertEquals(
        List.of("2.1.mean", "2.1.variance", "3.scale"), List.copyOf(net.statistics().keySet()));
    assertEquals(11, net.state().size());
    assertSame(inner.weight(), net.parameters().get("2.0.weight"));
  }

  @Test
  void theModeReachesEveryModule() {
    Sequential net = new Sequential(new Sequential(new BatchNorm(2, device.backend())));
    Tensor x = device.tensor(Shape.of(2, 2), 1, 2, 3, 6);
    net.forward(x, Mode.TRAIN);
    assertArrayEquals(new float[] {0, 0}, net.statistics().get("0.0.mean").toFloats());
    net.forward(x, Mode.TRAIN_TRACKING);
    assertArrayEquals(new float[] {0.2f, 0.4f}, net.statistics().get("0.0.mean").toFloats(), 1e-6f);
  }

  @Test
  void initialisingPassesEachModulesInitialisedOutputOn() {
    Sequential net =
        new Sequential(
            new WeightNorm(dense(6, 5), true, 1),
            Layer.relu(),
            new WeightNorm(dense(5, 3), true, 0.5f));
    Tensor x = device.normal(Shape.of(50, 6));
    Tensor y = net.initialise(x);
    double[] values = y.toDoubles();
    // The second layer is right only if it saw the outputs of the first one as initialised.
    assertArrayEquals(new double[3], Plain.mean(values, 3), 1e-5);
    assertArrayEquals(new double[] {0.25, 0.25, 0.25}, Plain.variance(values, 3), 1e-4);
    assertArrayEquals(y.toFloats(), net.forward(x, Mode.TRAIN).toFloats(), 1e-6f);
  }

  @Test
  void initialisingMovesNoRunningStatistics() {
    BatchNorm norm = new BatchNorm(3, device.backend());
    new Sequential(norm).initialise(device.normal(Shape.of(4, 3)));
    assertArrayEquals(new float[] {0, 0, 0}, norm.statistics().get("mean").toFloats());
  }

  private Dense dense(int inputs, int outputs) {
    return new Dense(inputs, outputs, true, Initialiser.normal(0.5f), device.draws());
  }
}
