package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import semigan.kernels.DType;
import semigan.kernels.ResizeGeometry.Method;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Augment;
import semigan.tensor.ops.Augment.Strength;
import semigan.tensor.ops.Sum;

class LayerTest {
  private static final Shape LARGE = Shape.of(100, 100);

  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void activationsAreTheirFormulas() {
    check(Layer.relu(), x -> Math.max(x, 0));
    check(Layer.leakyRelu(0.2f), x -> x > 0 ? x : 0.2f * x);
    check(Layer.tanh(), Math::tanh);
    check(Layer.sigmoid(), x -> 1 / (1 + Math.exp(-x)));
    check(Layer.softplus(), x -> Math.log1p(Math.exp(x)));
  }

  @Test
  void flattenKeepsTheBatchAndToImagesUndoesIt() {
    Tensor x = device.normal(Shape.of(2, 3, 4, 5));
    Tensor flat = Layer.flatten().forward(x, Mode.EVAL);
    assertEquals(Shape.of(2, 60), flat.shape());
    Tensor images = Layer.toImages(3, 4, 5).forward(flat, Mode.EVAL);
    assertEquals(x.shape(), images.shape());
    assertArrayEquals(x.toFloats(), images.toFloats());
  }

  @Test
  void upsamplingRepeatsOrBlendsPixels() {
    Tensor x = device.tensor(Shape.of(1, 1, 2, 1), 0, 4);
    Tensor nearest = Layer.upsample(2, Method.NEAREST).forward(x, Mode.EVAL);
    assertEquals(Shape.of(1, 2, 4, 1), nearest.shape());
    assertArrayEquals(new float[] {0, 0, 4, 4, 0, 0, 4, 4}, nearest.toFloats());
    Tensor blended = Layer.upsample(2, Method.BILINEAR).forward(x, Mode.EVAL);
    assertArrayEquals(new float[] {0, 1, 3, 4, 0, 1, 3, 4}, blended.toFloats());
  }

  @Test
  void dropoutAndNoiseAreSilentInEvaluation() {
    Tensor x = device.normal(LARGE);
    for (Module layer : List.of(dropout(), noise())) {
      assertArrayEquals(x.toFloats(), layer.forward(x, Mode.EVAL).toFloats());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TRAIN", "TRAIN_TRACKING"})
  void dropoutSilencesItsShareInTrainingAndScalesTheRest(Mode mode) {
    Tensor x = ones();
    float[] y = dropout().forward(x, mode).toFloats();
    int zeros = 0;
    for (float value : y) {
      zeros += value == 0 ? 1 : 0;
      assertTrue(value == 0 || Math.abs(value - 1 / 0.7f) < 1e-6f, () -> "value " + value);
    }
    // Four standard deviations of a binomial share of 10,000.
    assertEquals(0.3, zeros / 1e4, 4 * Math.sqrt(0.3 * 0.7 / 1e4));
  }

  @Test
  void theGradientOfDropoutPassesWhereTheValueDid() {
    Tensor x = ones();
    Tensor y = dropout().forward(x, Mode.TRAIN);
    assertArrayEquals(y.toFloats(), Sum.sum(y).backward(List.of(x)).of(x).toFloats());
  }

  @ParameterizedTest
  @EnumSource(names = {"TRAIN", "TRAIN_TRACKING"})
  void noiseIsNormalInTraining(Mode mode) {
    double[] y = noise().forward(ones(), mode).toDoubles();
    assertEquals(1, Plain.mean(y, 1)[0], 4 * 0.5 / 100);
    assertEquals(0.25, Plain.variance(y, 1)[0], 4 * 0.25 * Math.sqrt(2 / 1e4));
  }

  @Test
  void eachPassDrawsAnew() {
    Tensor x = ones();
    for (Module layer : List.of(dropout(), noise())) {
      float[] first = layer.forward(x, Mode.TRAIN).toFloats();
      assertNotEquals(
          Arrays.hashCode(first), Arrays.hashCode(layer.forward(x, Mode.TRAIN).toFloats()));
      // The same step draws the same again.
      device.draws().moveTo(5);
      float[] fifth = layer.forward(x, Mode.TRAIN).toFloats();
      device.draws().moveTo(5);
      assertArrayEquals(fifth, layer.forward(x, Mode.TRAIN).toFloats());
    }
  }

  @ParameterizedTest
  @EnumSource
  void augmentationIsTheOperationInTrainingAndSilentInEvaluation(Mode mode) {
    Tensor x = device.normal(Shape.of(3, 6, 5, 2));
    Strength strength = Strength.COLOUR.and(Strength.CUTOUT);
    Tensor y = Layer.augment(strength, device.draws()).forward(x, mode);
    device.draws().moveTo(0);
    Tensor expected = mode == Mode.EVAL ? x : Augment.augment(x, strength, device.draws());
    assertArrayEquals(expected.toFloats(), y.toFloats());
  }

  private void check(Module layer, DoubleUnaryOperator formula) {
    Tensor x = device.normal(Shape.of(6, 5));
    Slopes.assertSame(
        in -> Arrays.stream(in[0]).map(formula).toArray(),
        layer.forward(x, Mode.TRAIN),
        device.normal(x.shape()),
        List.of(x),
        1e-5);
    assertTrue(layer.state().isEmpty());
  }

  private Tensor ones() {
    return Tensor.full(device.backend(), DType.F32, LARGE, 1);
  }

  private Module dropout() {
    return Layer.dropout(0.3f, device.draws());
  }

  private Module noise() {
    return Layer.noise(0.5f, device.draws());
  }
}
