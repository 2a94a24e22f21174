package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Sum;

/** Compares outputs and gradients with a second implementation, in double. */
final class Slopes {
  private static final double STEP = 1e-5;

  private Slopes() {}

  /** Every element within {@code tolerance}, absolute below 1 and relative above. */
  static void assertClose(double[] expected, Tensor actual, double tolerance, String what) {
    double[] values = actual.toDoubles();
    assertEquals(expected.length, values.length, what + ": number of elements");
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], values[i], allowed, what + ", element " + i);
    }
  }

  /**
   * Holds a differentiable function of some tensors against {@code plain}, which computes the same
   * from their elements: the output, and the gradient of its weighted sum with respect to each.
   *
   * @param upstream the weights, of the output's shape
   */
  static void assertSame(
      Function<double[][], double[]> plain,
      Tensor output,
      Tensor upstream,
      List<Tensor> inputs,
      double tolerance) {
    double[][] values = inputs.stream().map(Tensor::toDoubles).toArray(double[][]::new);
    assertClose(plain.apply(values), output, tolerance, "output");

    double[] weights = upstream.toDoubles();
    var gradients = Sum.sum(Binary.multiply(output, upstream)).backward(inputs);
    for (int k = 0; k < values.length; k++) {
      double[] slopes = of(values[k], at -> dot(plain.apply(values), weights));
      assertClose(slopes, gradients.of(inputs.get(k)), tolerance, "gradient of input " + k);
    }
  }

  /** The gradient of {@code f} by central differences; {@code at} is moved about and put back. */
  static double[] of(double[] at, ToDoubleFunction<double[]> f) {
    double[] slopes = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      double centre = at[i];
      at[i] = centre + STEP;
      double above = f.applyAsDouble(at);
      at[i] = centre - STEP;
      double below = f.applyAsDouble(at);
      at[i] = centre;
      slopes[i] = (above - below) / (2 * STEP);
    }
    return slopes;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
