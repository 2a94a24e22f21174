package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** All parts together learn what no linear model can, on every backend. */
class TrainingTest {
  private static final int PER_CLASS = 60;
  private static final int STEPS = 200;
  private static final float RATE = 0.02f;

  static Stream<String> devices() {
    return Backends.names().stream();
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aSmallNetworkLearnsTwoSpirals(String name) {
    Backend device = Devices.open(name);
    try (Scope run = Scope.open(device)) {
      RandomSource random = new RandomSource(device, 3);
      Module net =
          new Sequential(
              dense(2, 32, random),
              Layer.leakyRelu(0.1f),
              dense(32, 32, random),
              Layer.leakyRelu(0.1f),
              dense(32, 2, random));
      var adam = new Adam(device, net.parameters(), Adam.forGans(), RATE);
      Tensor points = points(device);
      Tensor labels = labels(device);
      long live = device.memory().live();
      for (int step = 0; step < STEPS; step++) {
        adam.setRate(RATE * Schedule.linearAfter(0.5).factor((double) step / STEPS));
        try (Scope scope = Scope.open(device)) {
          Tensor loss = Losses.crossEntropy(net.forward(points, Mode.TRAIN), labels);
          adam.step(loss.backward(net.parameters().values()));
        }
        assertEquals(live, device.memory().live(), "bytes live after step " + step);
      }
      double accuracy = accuracy(net.forward(points, Mode.EVAL).toFloats());
      assertTrue(accuracy >= 0.98, "accuracy " + accuracy + "; a line reaches 0.6");
    }
    assertEquals(0, device.memory().live());
    device.close();
  }

  private static Weighted dense(int inputs, int outputs, RandomSource random) {
    return new Dense(inputs, outputs, true, Initialiser.he(0.1f), random);
  }

  /** Two arms of one turn each, one the other turned by half. */
  private static Tensor points(Backend device) {
    float[] xy = new float[4 * PER_CLASS];
    for (int i = 0; i < PER_CLASS; i++) {
      double radius = 0.2 + 1.8 * i / PER_CLASS;
      double angle = 2 * Math.PI * i / PER_CLASS;
      xy[4 * i] = (float) (radius * Math.cos(angle));
      xy[4 * i + 1] = (float) (radius * Math.sin(angle));
      xy[4 * i + 2] = -xy[4 * i];
      xy[4 * i + 3] = -xy[4 * i + 1];
    }
    return Tensor.of(device, Shape.of(2 * PER_CLASS, 2), xy);
  }

  private static Tensor labels(Backend device) {
    int[] labels = new int[2 * PER_CLASS];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 2;
    }
    return Tensor.of(device, Shape.of(labels.length), labels);
  }

  private static double accuracy(float[] logits) {
    int right = 0;
    for (int i = 0; i < 2 * PER_CLASS; i++) {
      int guess = logits[2 * i + 1] > logits[2 * i] ? 1 : 0;
      right += guess == i % 2 ? 1 : 0;
    }
    return right / (2.0 * PER_CLASS);
  }
}
