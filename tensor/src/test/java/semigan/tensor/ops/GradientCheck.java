package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.tensor.Gradients;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Compares the gradients that an operation gives with central differences, in double. The loss is
 * {@code sum(y r)} with a random {@code r}: an upstream gradient of ones would hide a backward that
 * ignores it.
 */
public final class GradientCheck {
  /** Differences err by a sixth of its square times the third derivative, and by 1e-14 over it. */
  private static final double STEP = 1e-4;

  /** Of the gradient where that is over 1, and absolute elsewhere. */
  private static final double TOLERANCE = 1e-6;

  /** Elements of each input that are looked at; all of a small input, a random choice of others. */
  private static final int SAMPLES = 48;

  private GradientCheck() {}

  /**
   * Fails unless the gradient of every input is right, alone and together with the others.
   *
   * @param operation smooth within 1e-4 of each input element; the same function at each call
   * @param inputs in F64
   */
  public static void check(Function<List<Tensor>, Tensor> operation, Tensor... inputs) {
    Random random = new Random(1);
    Backend device = inputs[0].device();
    long live = device.memory().live();
    double[] upstream;
    List<double[]> gradients;
    try (Scope scope = Scope.open(device)) {
      Tensor y = operation.apply(List.of(inputs));
      assertEquals(DType.F64, y.type(), "gradients are checked in double");
      upstream = random.doubles(y.elements(), 0.5, 1.5).toArray();
      flipSomeSigns(upstream, random);
      gradients = gradients(y, upstream, inputs);
    }
    for (int input = 0; input < inputs.length; input++) {
      for (int element : sample(inputs[input].shape(), random)) {
        double expected = difference(operation, inputs, input, element, upstream);
        double found = gradients.get(input)[element];
        double allowed = TOLERANCE * Math.max(1, Math.abs(expected));
        assertTrue(
            Math.abs(found - expected) <= allowed,
            "gradient of input %d %s at %s: backward gives %.9g but differences give %.9g, more than %.1g apart"
                .formatted(
                    input,
                    inputs[input].shape(),
                    Arrays.toString(HostArray.indexOf(inputs[input].shape(), element)),
                    found,
                    expected,
                    allowed));
      }
    }
    assertEquals(live, device.memory().live(), "live bytes");
  }

  private static void flipSomeSigns(double[] values, Random random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextBoolean() ? values[i] : -values[i];
    }
  }

  /** By one backward pass for all inputs; each input asked for alone must get the same. */
  private static List<double[]> gradients(Tensor y, double[] upstream, Tensor[] inputs) {
    Tensor r = Tensor.of(y.device(), y.shape(), upstream);
    Tensor loss = Sum.sum(Binary.multiply(y, r));
    Gradients together = loss.backward(List.of(inputs));
    List<double[]> result = new ArrayList<>();
    for (Tensor input : inputs) {
      double[] gradient = together.of(input).toDoubles();
      double[] alone = loss.backward(List.of(input)).of(input).toDoubles();
      assertArrayEquals(gradient, alone, "a gradient must not depend on the other targets");
      result.add(gradient);
    }
    return result;
  }

  private static int[] sample(Shape shape, Random random) {
    int count = Math.toIntExact(shape.elements());
    return count <= SAMPLES
        ? IntStream.range(0, count).toArray()
        : random.ints(SAMPLES, 0, count).toArray();
  }

  private static double difference(
      Function<List<Tensor>, Tensor> operation,
      Tensor[] inputs,
      int input,
      int element,
      double[] upstream) {
    double above = loss(operation, inputs, input, element, STEP, upstream);
    double below = loss(operation, inputs, input, element, -STEP, upstream);
    return (above - below) / (2 * STEP);
  }

  /** The loss with one element of one input moved; the weighted sum is made on the host. */
  private static double loss(
      Function<List<Tensor>, Tensor> operation,
      Tensor[] inputs,
      int input,
      int element,
      double step,
      double[] upstream) {
    Backend device = inputs[0].device();
    try (Scope scope = Scope.open(device)) {
      List<Tensor> moved = new ArrayList<>(List.of(inputs));
      double[] values = inputs[input].toDoubles();
      values[element] += step;
      moved.set(input, Tensor.of(device, inputs[input].shape(), values));
      double[] y = operation.apply(moved).toDoubles();
      return IntStream.range(0, y.length).mapToDouble(i -> y[i] * upstream[i]).sum();
    }
  }
}
