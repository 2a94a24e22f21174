package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Unary;
import semigan.tensor.ops.Window;

class WeightNormTest {
  private static final Initialiser ANY = Initialiser.normal(0.7f);

  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void denseWeightsHaveTheLengthOfTheirScale() {
    check(
        new Dense(5, 3, true, ANY, device.draws()),
        Shape.of(4, 5),
        Shape.of(4, 3),
        (x, w) -> Plain.dense(x, w, 5, 3),
        at -> at / 5);
  }

  @Test
  void convolutionFiltersHaveTheLengthOfTheirScale() {
    check(
        new Conv2d(2, 3, 3, Window.of(2, 1), true, ANY, device.draws()),
        Shape.of(2, 4, 4, 2),
        Shape.of(2, 2, 2, 3),
        (x, w) -> Plain.conv(x, w, 4, 2, 3, 3, 2, 1),
        at -> at / (3 * 3 * 2));
  }

  @Test
  void transposedConvolutionFiltersHaveTheLengthOfTheirScale() {
    check(
        new ConvTranspose2d(2, 3, 4, Window.of(2, 1), true, ANY, device.draws()),
        Shape.of(2, 2, 2, 2),
        Shape.of(2, 4, 4, 3),
        (x, w) -> Plain.convTranspose(x, w, 2, 2, 3, 4, 2, 1),
        at -> at % 3);
  }

  @Test
  void initialisingOnABatchGivesItsOutputsMeanZeroAndTheWantedDeviation() {
    WeightNorm layer = new WeightNorm(new Dense(7, 4, true, ANY, device.draws()), true, 0.5f);
    Tensor x = Unary.linear(device.normal(Shape.of(40, 7)), 3, 2);
    assertNormalised(layer.initialise(x), 0.5);
    // What was set stays: the next pass over the same batch gives the same.
    assertNormalised(layer.forward(x, Mode.EVAL), 0.5);
  }

  @Test
  void initialisingOnABatchInBf16SetsTheSameButForTheRounding() {
    Dense dense = new Dense(7, 4, true, ANY, device.draws());
    WeightNorm layer = new WeightNorm(dense, true, 0.5f);
    Tensor x = Unary.linear(device.normal(Shape.of(40, 7)), 3, 2);
    layer.initialise(x);
    float[] scale = layer.parameters().get("scale").toFloats();
    float[] bias = layer.parameters().get("bias").toFloats();
    layer.initialise(Cast.cast(x, DType.BF16));
    assertArrayEquals(scale, layer.parameters().get("scale").toFloats(), 0.01f);
    assertArrayEquals(bias, layer.parameters().get("bias").toFloats(), 0.01f);
  }

  @Test
  void initialisingLooksBeforeTheActivation() {
    RandomSource draws = device.draws();
    WeightNorm layer = new WeightNorm(Dense.withRelu(7, 4, ANY, draws), true, 1);
    double[] outputs = layer.initialise(device.normal(Shape.of(400, 7))).toDoubles();
    // Of what is spread evenly about 0, half is negative.
    long positive = Arrays.stream(outputs).filter(y -> y > 0).count();
    assertTrue(Math.abs(positive - 800) < 150, positive + " of 1,600 are positive");
    assertTrue(Arrays.stream(outputs).allMatch(y -> y >= 0));
  }

  @Test
  void initialisingAConvolutionCountsEveryPixel() {
    var filter = new Conv2d(3, 4, 3, Window.of(1, 1), true, ANY, device.draws());
    WeightNorm layer = new WeightNorm(filter, false, 2);
    assertNormalised(layer.initialise(device.normal(Shape.of(3, 5, 5, 3))), 2);
  }

  @Test
  void initialisingLeavesTheDirectionAlone() {
    Dense dense = new Dense(7, 4, true, ANY, device.draws());
    float[] before = dense.weight().toFloats();
    new WeightNorm(dense, true, 1).initialise(device.normal(Shape.of(10, 7)));
    assertArrayEquals(before, dense.weight().toFloats());
  }

  @Test
  void theScaleIsAParameterOnlyWhereItIsLearned() {
    var learned = new WeightNorm(new Dense(2, 3, true, ANY, device.draws()), true, 1);
    assertEquals(List.of("weight", "bias", "scale"), List.copyOf(learned.parameters().keySet()));
    assertTrue(learned.statistics().isEmpty());

    var fixed = new WeightNorm(new Dense(2, 3, true, ANY, device.draws()), false, 1);
    assertEquals(List.of("weight", "bias"), List.copyOf(fixed.parameters().keySet()));
    assertEquals(List.of("scale"), List.copyOf(fixed.statistics().keySet()));
    assertEquals(List.copyOf(learned.state().keySet()), List.copyOf(fixed.state().keySet()));
  }

  @Test
  void aLayerWithoutBiasIsRefused() {
    Dense dense = new Dense(2, 3, false, ANY, device.draws());
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> new WeightNorm(dense, true, 1));
    assertTrue(refusal.getMessage().contains("bias"), refusal.getMessage());
  }

  /**
   * Output, and gradients of input, direction, bias and scale.
   *
   * @param plain the layer without its bias, from input and weight
   * @param outputOf which output an element of the weight belongs to
   */
  private void check(
      Weighted inner,
      Shape input,
      Shape output,
      BinaryOperator<double[]> plain,
      IntUnaryOperator outputOf) {
    WeightNorm layer = new WeightNorm(inner, true, 1);
    Tensor bias = layer.parameters().get("bias");
    Tensor scale = layer.parameters().get("scale");
    bias.assign(device.normal(bias.shape()));
    scale.assign(device.positive(scale.shape()));

    Tensor x = device.normal(input);
    Tensor y = layer.forward(x, Mode.TRAIN);
    assertEquals(output, y.shape());
    Slopes.assertSame(
        in -> Plain.plus(plain.apply(in[0], normalised(in[1], in[3], outputOf)), in[2]),
        y,
        device.normal(output),
        List.of(x, inner.weight(), bias, scale),
        2e-5);
  }

  /** {@code scale v / |v|}, output by output. */
  private static double[] normalised(double[] v, double[] scale, IntUnaryOperator outputOf) {
    double[] squares = new double[scale.length];
    for (int i = 0; i < v.length; i++) {
      squares[outputOf.applyAsInt(i)] += v[i] * v[i];
    }
    double[] w = new double[v.length];
    for (int i = 0; i < v.length; i++) {
      int output = outputOf.applyAsInt(i);
      w[i] = scale[output] * v[i] / Math.sqrt(squares[output]);
    }
    return w;
  }

  private static void assertNormalised(Tensor y, double deviation) {
    int channels = y.shape().size(-1);
    double[] values = y.toDoubles();
    double[] variances = new double[channels];
    Arrays.fill(variances, deviation * deviation);
    assertArrayEquals(new double[channels], Plain.mean(values, channels), 1e-5, "mean");
    assertArrayEquals(variances, Plain.variance(values, channels), 1e-4, "variance");
  }
}
