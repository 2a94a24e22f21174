package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.LossKernels;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.Unary;

/**
 * The K+1 loss against a naive softmax over K+1 classes, the last of which is "generated" with
 * logit 0.
 */
class SemiSupervisedLossTest {
  private static final int ROWS = 12;

  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void rowsOfAllKindsAgreeWithANaiveSoftmax(int classes) {
    int[] targets = new int[ROWS];
    for (int row = 0; row < ROWS; row++) {
      targets[row] =
          switch (row % 3) {
            case 0 -> row % classes;
            case 1 -> LossKernels.REAL;
            default -> LossKernels.FAKE;
          };
    }
    check(targets, classes, logits -> Losses.semiSupervised(logits, device.labels(targets)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void theLossOfRealRowsIsMadeFromTheRealLogit(int classes) {
    int[] targets = new int[ROWS];
    Arrays.fill(targets, LossKernels.REAL);
    check(targets, classes, logits -> Losses.binaryCrossEntropy(Losses.realLogit(logits), 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void theLossOfFakeRowsIsMadeFromTheRealLogit(int classes) {
    int[] targets = new int[ROWS];
    Arrays.fill(targets, LossKernels.FAKE);
    check(targets, classes, logits -> Losses.binaryCrossEntropy(Losses.realLogit(logits), 0));
  }

  @Test
  void aDiscriminatorsWholeLossIsOneBatchOrThree() {
    Tensor labelled = device.normal(Shape.of(3, 4));
    Tensor real = device.normal(Shape.of(3, 4));
    Tensor fake = device.normal(Shape.of(3, 4));
    Tensor labels = device.labels(1, 0, 3);
    Tensor three =
        Binary.add(
            Losses.crossEntropy(labelled, labels),
            Binary.add(
                Losses.binaryCrossEntropy(Losses.realLogit(real), 1),
                Losses.binaryCrossEntropy(Losses.realLogit(fake), 0)));
    int r = LossKernels.REAL;
    int f = LossKernels.FAKE;
    Tensor one =
        Losses.semiSupervised(
            Concatenate.concatenate(0, List.of(labelled, real, fake)),
            device.labels(1, 0, 3, r, r, r, f, f, f));
    List<Tensor> inputs = List.of(labelled, real, fake);
    assertEquals(three.item(), 3 * one.item(), 1e-5f);
    var fromThree = three.backward(inputs);
    var fromOne = Unary.linear(one, 3, 0).backward(inputs);
    for (Tensor input : inputs) {
      Slopes.assertClose(fromThree.of(input).toDoubles(), fromOne.of(input), 1e-6, "gradient");
    }
  }

  @Test
  void enormousLogitsNeitherOverflowNorVanish() {
    Tensor logits = device.tensor(Shape.of(4, 2), 900, -900, -900, -901, 900, 0, -900, -900);
    int r = LossKernels.REAL;
    int f = LossKernels.FAKE;
    Tensor loss = Losses.semiSupervised(logits, device.labels(1, r, f, f));
    // Rows by hand: 900 + 900; 900 - log(1 + 1/e) or 899.69; 900; 0.
    assertEquals((1800 + 900 - 0.31326 + 900) / 4, loss.item(), 1e-3);
    float[] gradient = loss.backward(List.of(logits)).of(logits).toFloats();
    for (float slope : gradient) {
      assertTrue(Float.isFinite(slope));
    }
    assertEquals(-0.25, gradient[2] + gradient[3], 1e-6, "a real row's pull does not saturate");
  }

  @FunctionalInterface
  private interface Loss {
    Tensor of(Tensor logits);
  }

  private void check(int[] targets, int classes, Loss loss) {
    Tensor logits = Unary.linear(device.normal(Shape.of(ROWS, classes)), 3, 0).detach();
    Slopes.assertSame(
        in -> new double[] {naive(in[0], targets, classes)},
        loss.of(logits),
        device.tensor(Shape.of(), 1),
        List.of(logits),
        1e-5);
  }

  /** Probabilities of K+1 classes first, and their logarithm last. */
  private static double naive(double[] logits, int[] targets, int classes) {
    double sum = 0;
    for (int row = 0; row < targets.length; row++) {
      double[] p = new double[classes + 1];
      for (int k = 0; k < classes; k++) {
        p[k] = Math.exp(logits[row * classes + k]);
      }
      p[classes] = 1;
      double total = Arrays.stream(p).sum();
      double generated = p[classes] / total;
      double likelihood =
          switch (targets[row]) {
            case LossKernels.REAL -> 1 - generated;
            case LossKernels.FAKE -> generated;
            // The class, given that the image is not generated.
            default -> p[targets[row]] / total / (1 - generated);
          };
      sum -= Math.log(likelihood);
    }
    return sum / targets.length;
  }
}
