package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static semigan.kernels.LossKernels.FAKE;
import static semigan.kernels.LossKernels.REAL;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.DType;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class SemiSupervisedTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void isTheSoftmaxOverTheClassesAndGenerated(int classes) {
    Tensor logits = Unary.linear(device.normal(Shape.of(3 * classes, classes)), 3, 0);
    int[] targets = targets(3 * classes, classes);
    HostArray values = HostArray.of(logits);
    HostArray.filled(Shape.of(targets.length), i -> naive(values, i[0], targets[i[0]]))
        .assertMatches(SemiSupervised.semiSupervised(logits, device.labels(targets)), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void hasItsGradient(int classes) {
    Tensor targets = device.labels(targets(6, classes));
    GradientCheck.check(
        in -> SemiSupervised.semiSupervised(in.get(0), targets),
        device.normal(Shape.of(6, classes)));
  }

  /** With a logit far from 0, each loss is either nothing or the distance. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void staysExactAtExtremeLogits(DType type) {
    double[] logits = {
      1e4, -1e4, // class 0 for certain
      1e4, -1e4,
      1e4, -1e4,
      1e4, -1e4,
      -1e4, -1e4, // generated for certain
      -1e4, -1e4,
      -1e4, -1e4
    };
    Tensor x = Tensor.empty(device.backend(), type, Shape.of(7, 2));
    device.backend().write(logits, 0, x.buffer());
    Tensor targets = device.labels(0, 1, REAL, FAKE, 0, REAL, FAKE);
    Tensor loss = SemiSupervised.semiSupervised(x, targets);
    double ln2 = Math.log(2);
    assertArrayEquals(
        new double[] {0, 2e4, 0, 1e4, ln2, 1e4 - ln2, 0}, loss.toDoubles(), 1e4 * 0x1p-24);
    assertArrayEquals(
        new double[] {0, 0, 1, -1, 0, 0, 1, 0, -0.5, 0.5, -0.5, -0.5, 0, 0},
        Sum.sum(loss).backward(List.of(x)).of(x).toDoubles(),
        1e-6);
  }

  @Test
  void isCrossEntropyWhereEveryTargetIsAClass() {
    Tensor logits = device.normal(Shape.of(4, 3));
    Tensor targets = device.labels(2, 0, 1, 1);
    Tensor crossEntropy =
        Binary.subtract(Softmax.logSumExp(logits), Gather.gather(logits, targets));
    HostArray.of(crossEntropy).assertMatches(SemiSupervised.semiSupervised(logits, targets), 1e-12);
  }

  @Test
  void namesBothShapesAndTheTargetsType() {
    Tensor logits = device.normal(Shape.of(4, 3));
    assertRefused(
        () -> SemiSupervised.semiSupervised(logits, device.labels(1, 2)),
        "semi_supervised: targets must be I32 of [4] for logits [4,3] but are I32 of [2]");
    Tensor fractions = device.normal(Shape.of(4));
    assertRefused(
        () -> SemiSupervised.semiSupervised(logits, fractions),
        "semi_supervised: targets must be I32 of [4] for logits [4,3] but are F64 of [4]");
    assertRefused(
        () -> SemiSupervised.semiSupervised(fractions, device.labels(1)),
        "semi_supervised: input must be [rows,classes] but has shape [4]");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  /** A third classes, a third real, a third generated. */
  private static int[] targets(int rows, int classes) {
    return IntStream.range(0, rows)
        .map(
            row ->
                switch (row % 3) {
                  case 0 -> row / 3 % classes;
                  case 1 -> REAL;
                  default -> FAKE;
                })
        .toArray();
  }

  /** Minus the log of the probability, by a softmax over K + 1 classes whose last logit is 0. */
  private static double naive(HostArray logits, int row, int target) {
    int classes = logits.shape().size(1);
    double[] p = new double[classes + 1];
    for (int k = 0; k < classes; k++) {
      p[k] = Math.exp(logits.at(row, k));
    }
    p[classes] = Math.exp(0);
    double sum = Arrays.stream(p).sum();
    double generated = p[classes] / sum;
    return switch (target) {
      case REAL -> -Math.log(1 - generated);
      case FAKE -> -Math.log(generated);
      default -> -Math.log(p[target] / sum / (1 - generated));
    };
  }
}
