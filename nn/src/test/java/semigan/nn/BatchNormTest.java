package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

class BatchNormTest {
  private static final int CHANNELS = 3;
  private static final Shape IMAGES = Shape.of(2, 2, 3, CHANNELS);

  @RegisterExtension final TestDevice device = new TestDevice();
  private BatchNorm layer;
  private Tensor scale;
  private Tensor shift;

  @BeforeEach
  void moveTheLayerAwayFromTheIdentity() {
    layer = new BatchNorm(CHANNELS, device.backend());
    scale = layer.parameters().get("scale");
    shift = layer.parameters().get("shift");
    scale.assign(device.positive(scale.shape()));
    shift.assign(device.normal(shift.shape()));
  }

  @Test
  void trainingNormalisesByTheBatch() {
    Tensor x = images();
    Slopes.assertSame(
        in ->
            Plain.normalise(
                in[0], in[1], in[2], Plain.mean(in[0], CHANNELS), Plain.variance(in[0], CHANNELS)),
        layer.forward(x, Mode.TRAIN),
        device.normal(IMAGES),
        List.of(x, scale, shift),
        1e-4);
  }

  @Test
  void evaluationNormalisesByTheRunningStatistics() {
    double[] mean = {1, -2, 0.5};
    double[] variance = {0.25, 4, 1};
    statistic("mean").assign(new float[] {1, -2, 0.5f});
    statistic("variance").assign(new float[] {0.25f, 4, 1});
    Tensor x = images();
    Slopes.assertSame(
        in -> Plain.normalise(in[0], in[1], in[2], mean, variance),
        layer.forward(x, Mode.EVAL),
        device.normal(IMAGES),
        List.of(x, scale, shift),
        1e-4);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void theActivationBehindItIsPartOfTheLayer(Mode mode) {
    assertSameAsInTwoLayers(
        BatchNorm.withLeakyRelu(CHANNELS, 0.2f, device.backend()), Layer.leakyRelu(0.2f), mode);
    assertSameAsInTwoLayers(BatchNorm.withRelu(CHANNELS, device.backend()), Layer.relu(), mode);
  }

  private void assertSameAsInTwoLayers(BatchNorm fused, Module activation, Mode mode) {
    Module two = new Sequential(new BatchNorm(CHANNELS, device.backend()), activation);
    Tensor x = images();
    Tensor upstream = device.normal(IMAGES);
    Tensor expected = two.forward(x, mode);
    Tensor output = fused.forward(x, mode);
    Slopes.assertClose(expected.toDoubles(), output, 1e-6, "output");
    List<Tensor> unfused = new ArrayList<>(two.parameters().values());
    List<Tensor> own = new ArrayList<>(fused.parameters().values());
    unfused.add(x);
    own.add(x);
    var left = Sum.sum(Binary.multiply(expected, upstream)).backward(unfused);
    var right = Sum.sum(Binary.multiply(output, upstream)).backward(own);
    for (int i = 0; i < own.size(); i++) {
      double[] gradient = left.of(unfused.get(i)).toDoubles();
      Slopes.assertClose(gradient, right.of(own.get(i)), 1e-5, "gradient " + i);
    }
    assertEquals(
        List.of("scale", "shift", "mean", "variance"), List.copyOf(fused.state().keySet()));
  }

  @Test
  void onlyTrackingMovesTheRunningStatistics() {
    layer.forward(images(), Mode.TRAIN);
    layer.forward(images(), Mode.EVAL);
    assertArrayEquals(new float[] {0, 0, 0}, statistic("mean").toFloats());
    assertArrayEquals(new float[] {1, 1, 1}, statistic("variance").toFloats());
  }

  @Test
  void trackingMovesTheRunningStatisticsATenthOfTheWay() {
    double[] mean = {0, 0, 0};
    double[] variance = {1, 1, 1};
    for (int step = 0; step < 3; step++) {
      Tensor x = images();
      layer.forward(x, Mode.TRAIN_TRACKING);
      double[] batchMean = Plain.mean(x.toDoubles(), CHANNELS);
      double[] batchVariance = Plain.variance(x.toDoubles(), CHANNELS);
      for (int c = 0; c < CHANNELS; c++) {
        mean[c] = 0.9 * mean[c] + 0.1 * batchMean[c];
        variance[c] = 0.9 * variance[c] + 0.1 * batchVariance[c];
      }
    }
    Slopes.assertClose(mean, statistic("mean"), 1e-5, "mean");
    Slopes.assertClose(variance, statistic("variance"), 1e-5, "variance");
  }

  @Test
  void ofSeveralBatchesTrackingFollowsTheFirst() {
    Tensor x = images();
    layer.forward(x, List.of(1, 1), Mode.TRAIN_TRACKING);
    double[] first = Slice.slice(x, 0, 0, 1).toDoubles();
    double[] mean = Plain.mean(first, CHANNELS);
    double[] variance = Plain.variance(first, CHANNELS);
    for (int c = 0; c < CHANNELS; c++) {
      mean[c] *= 0.1;
      variance[c] = 0.9 + 0.1 * variance[c];
    }
    Slopes.assertClose(mean, statistic("mean"), 1e-5, "mean");
    Slopes.assertClose(variance, statistic("variance"), 1e-5, "variance");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void severalBatchesPassAsIfEachCameAlone(Mode mode) {
    Tensor x = images();
    Tensor together = layer.forward(x, List.of(1, 1), mode);
    for (int i = 0; i < 2; i++) {
      Mode alone = mode == Mode.EVAL ? Mode.EVAL : Mode.TRAIN;
      Tensor expected = layer.forward(Slice.slice(x, 0, i, 1), alone);
      Slopes.assertClose(expected.toDoubles(), Slice.slice(together, 0, i, 1), 1e-6, "batch " + i);
    }
  }

  @Test
  void trackingDoesNotChangeTheOutput() {
    Tensor x = images();
    assertArrayEquals(
        layer.forward(x, Mode.TRAIN).toFloats(), layer.forward(x, Mode.TRAIN_TRACKING).toFloats());
  }

  @Test
  void aFixedScaleIsNoParameter() {
    BatchNorm shiftOnly = new BatchNorm(CHANNELS, false, device.backend());
    assertEquals(List.of("shift"), List.copyOf(shiftOnly.parameters().keySet()));
    assertEquals(List.of("shift", "mean", "variance"), List.copyOf(shiftOnly.state().keySet()));
    assertEquals(
        List.of("scale", "shift", "mean", "variance"), List.copyOf(layer.state().keySet()));

    Tensor x = images();
    double[] ones = {1, 1, 1};
    Slopes.assertSame(
        in ->
            Plain.normalise(
                in[0], ones, in[1], Plain.mean(in[0], CHANNELS), Plain.variance(in[0], CHANNELS)),
        shiftOnly.forward(x, Mode.TRAIN),
        device.normal(IMAGES),
        List.of(x, shiftOnly.parameters().get("shift")),
        1e-4);
  }

  /** Of mean 3 and deviation 2, so that neither is where the running statistics begin. */
  private Tensor images() {
    return Unary.linear(device.normal(IMAGES), 2, 3).detach();
  }

  private Tensor statistic(String name) {
    return layer.statistics().get(name);
  }
}
