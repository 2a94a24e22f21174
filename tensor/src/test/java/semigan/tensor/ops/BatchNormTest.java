package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.DType;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class BatchNormTest {
  private static final float EPSILON = 1e-3f;

  @RegisterExtension final TestDevice device = new TestDevice();

  /** Images, rows, and rows with a single channel. */
  static Stream<Shape> shapes() {
    return Stream.of(Shape.of(3, 2, 4, 5), Shape.of(7, 3), Shape.of(9, 1), Shape.of(2, 3, 2));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void normalisesByTheStatisticsOfTheBatch(Shape shape) {
    Tensor x = Unary.linear(device.normal(shape), 3, 2);
    Tensor scale = perChannel(shape);
    Tensor shift = perChannel(shape);
    double[] mean = means(HostArray.of(x));
    double[] variance = variances(HostArray.of(x), mean);

    var result = BatchNorm.batchNorm(x, scale, shift, EPSILON);

    Shape channels = scale.shape();
    new HostArray(channels, mean).assertMatches(result.mean(), 1e-12);
    new HostArray(channels, variance).assertMatches(result.variance(), 1e-12);
    normalised(HostArray.of(x), scale.toDoubles(), shift.toDoubles(), mean, variance)
        .assertMatches(result.y(), 1e-12);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void hasTheGradientThroughTheStatistics(Shape shape) {
    GradientCheck.check(
        in -> BatchNorm.batchNorm(in.get(0), in.get(1), in.get(2), EPSILON).y(),
        device.normal(shape),
        perChannel(shape),
        perChannel(shape));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void normalisesByGivenStatistics(Shape shape) {
    Tensor x = device.normal(shape);
    Tensor scale = perChannel(shape);
    Tensor shift = perChannel(shape);
    Tensor mean = perChannel(shape);
    Tensor variance = device.uniform(scale.shape(), 0.2, 3);
    normalised(
            HostArray.of(x),
            scale.toDoubles(),
            shift.toDoubles(),
            mean.toDoubles(),
            variance.toDoubles())
        .assertMatches(
            BatchNorm.batchNormInference(x, scale, shift, mean, variance, EPSILON), 1e-12);
    GradientCheck.check(
        in ->
            BatchNorm.batchNormInference(in.get(0), in.get(1), in.get(2), mean, variance, EPSILON),
        x,
        scale,
        shift);
  }

  @ParameterizedTest
  @ValueSource(floats = {0.2f, 0})
  void isTheSameAsTheActivationAfterIt(float slope) {
    Shape shape = Shape.of(3, 2, 4, 5);
    Tensor x = Unary.linear(device.normal(shape), 3, 2);
    Tensor scale = perChannel(shape);
    Tensor shift = perChannel(shape);
    var plain = BatchNorm.batchNorm(x, scale, shift, EPSILON);
    Tensor mean = plain.mean();
    Tensor variance = plain.variance();
    HostArray expected = HostArray.of(Unary.leakyRelu(plain.y(), slope));

    var fused = BatchNorm.batchNorm(x, scale, shift, EPSILON, slope);
    expected.assertMatches(fused.y(), 1e-12);
    HostArray.of(mean).assertMatches(fused.mean(), 0);
    HostArray.of(variance).assertMatches(fused.variance(), 0);
    expected.assertMatches(
        BatchNorm.batchNormInference(x, scale, shift, mean, variance, EPSILON, slope), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(floats = {0.2f, 0})
  void hasTheGradientThroughTheActivation(float slope) {
    for (Shape shape : shapes().toList()) {
      Tensor x = device.normal(shape);
      Tensor scale = perChannel(shape);
      Tensor shift = perChannel(shape);
      Tensor mean = perChannel(shape);
      Tensor variance = device.uniform(scale.shape(), 0.2, 3);
      GradientCheck.check(
          in -> BatchNorm.batchNorm(in.get(0), in.get(1), in.get(2), EPSILON, slope).y(),
          x,
          scale,
          shift);
      GradientCheck.check(
          in ->
              BatchNorm.batchNormInference(
                  in.get(0), in.get(1), in.get(2), mean, variance, EPSILON, slope),
          x,
          scale,
          shift);
    }
  }

  @Test
  void normalisesSeveralBatchesEachByItsOwnStatistics() {
    Shape shape = Shape.of(6, 2, 3);
    Tensor x = Unary.linear(device.normal(shape), 3, 2);
    Tensor scale = perChannel(shape);
    Tensor shift = perChannel(shape);
    var together = BatchNorm.batchNorm(x, List.of(3, 1, 2), scale, shift, EPSILON, 0.2f);

    Tensor first = Slice.slice(x, 0, 0, 3);
    var alone = BatchNorm.batchNorm(first, scale, shift, EPSILON, 0.2f);
    HostArray.of(alone.mean()).assertMatches(together.mean(), 0);
    HostArray.of(alone.variance()).assertMatches(together.variance(), 0);
    int from = 0;
    for (int size : new int[] {3, 1, 2}) {
      Tensor batch = Slice.slice(x, 0, from, size);
      HostArray.of(BatchNorm.batchNorm(batch, scale, shift, EPSILON, 0.2f).y())
          .assertMatches(Slice.slice(together.y(), 0, from, size), 0);
      from += size;
    }
  }

  @Test
  void hasTheGradientThroughTheStatisticsOfSeveralBatches() {
    Shape shape = Shape.of(6, 2, 3);
    GradientCheck.check(
        in ->
            BatchNorm.batchNorm(in.get(0), List.of(4, 2), in.get(1), in.get(2), EPSILON, 0.2f).y(),
        device.normal(shape),
        perChannel(shape),
        perChannel(shape));
  }

  @ParameterizedTest
  @MethodSource("wrongBatches")
  void refusesBatchesThatAreNotAllOfTheInput(List<Integer> batches) {
    Tensor x = device.normal(Shape.of(4, 3));
    Tensor three = device.normal(Shape.of(3));
    assertRefused(
        () -> BatchNorm.batchNorm(x, batches, three, three, EPSILON, 1),
        "batch_norm: batches of %s, expected positive sizes that sum up to the 4 of [4,3]"
            .formatted(batches));
  }

  static Stream<List<Integer>> wrongBatches() {
    return Stream.of(List.of(), List.of(2, 1), List.of(4, 1), List.of(4, 0), List.of(5, -1));
  }

  @Test
  void refusesASlopeThatWouldHideTheSign() {
    Tensor x = device.normal(Shape.of(4, 3));
    Tensor three = device.normal(Shape.of(3));
    assertRefused(
        () -> BatchNorm.batchNorm(x, three, three, EPSILON, -0.1f),
        "batch_norm: the activation's slope is -0.1, expected at least 0 (1 for no activation)");
    assertRefused(
        () -> BatchNorm.batchNormInference(x, three, three, three, three, EPSILON, Float.NaN),
        "batch_norm: the activation's slope is NaN, expected at least 0 (1 for no activation)");
  }

  @Test
  void sendsNoGradientThroughTheStatisticsThatItReturns() {
    Tensor x = device.normal(Shape.of(4, 3));
    var result = BatchNorm.batchNorm(x, perChannel(x.shape()), perChannel(x.shape()), EPSILON);
    Tensor loss = Sum.sum(Binary.multiply(result.mean(), result.variance()));
    assertArrayEquals(new double[12], loss.backward(List.of(x)).of(x).toDoubles());
  }

  @Test
  void staysFiniteWhereAChannelIsConstant() {
    Tensor x = Tensor.full(device.backend(), DType.F64, Shape.of(4, 2), 5);
    Tensor shift = perChannel(x.shape());
    Tensor y = BatchNorm.batchNorm(x, perChannel(x.shape()), shift, EPSILON).y();
    HostArray.filled(x.shape(), i -> shift.toDoubles()[i[1]]).assertMatches(y, 1e-12);
  }

  @Test
  void namesTheChannelsAndBothShapes() {
    Tensor x = device.normal(Shape.of(2, 3, 3, 4));
    Tensor four = device.normal(Shape.of(4));
    Tensor three = device.normal(Shape.of(3));
    assertRefused(
        () -> BatchNorm.batchNorm(x, three, four, EPSILON),
        "batch_norm: input has 4 channels (last axis of [2,3,3,4]) but scale has shape [3] and shift [4]");
    assertRefused(
        () -> BatchNorm.batchNormInference(x, four, four, four, three, EPSILON),
        "batch_norm: input has 4 channels (last axis of [2,3,3,4]) but mean has shape [4] and variance [3]");
    Tensor scalar = device.tensor(Shape.of(), 7);
    assertRefused(
        () -> BatchNorm.batchNorm(scalar, four, four, EPSILON),
        "batch_norm: there is no axis 0 in []");
    assertRefused(
        () -> BatchNorm.batchNormInference(scalar, four, four, four, four, EPSILON),
        "batch_norm: there is no axis -1 in []");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private Tensor perChannel(Shape shape) {
    return device.normal(Shape.of(shape.size(-1)));
  }

  private static double[] means(HostArray x) {
    return averages(x, (value, channel) -> value);
  }

  private static double[] variances(HostArray x, double[] mean) {
    return averages(x, (value, channel) -> Math.pow(value - mean[channel], 2));
  }

  private interface OfValue {
    double apply(double value, int channel);
  }

  private static double[] averages(HostArray x, OfValue function) {
    int channels = x.shape().size(-1);
    int rows = x.values().length / channels;
    double[] sums = new double[channels];
    for (int i = 0; i < x.values().length; i++) {
      sums[i % channels] += function.apply(x.values()[i], i % channels) / rows;
    }
    return sums;
  }

  private static HostArray normalised(
      HostArray x, double[] scale, double[] shift, double[] mean, double[] variance) {
    return HostArray.filled(
        x.shape(),
        i -> {
          int c = i[i.length - 1];
          return scale[c] * (x.at(i) - mean[c]) / Math.sqrt(variance[c] + EPSILON) + shift[c];
        });
  }
}
