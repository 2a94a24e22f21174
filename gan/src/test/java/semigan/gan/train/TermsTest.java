package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.MatMul;
import semigan.tensor.ops.Softmax;

/** What is asked of unlabelled images, by formulas in double. */
class TermsTest {
  private final Backend device = Backends.open("reference");
  private final Scope scope = Scope.open(device);
  private final RandomSource random = new RandomSource(device, 5);

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  /**
   * For two classes and a linear classifier the worst change points along the difference of their
   * weights, one way or the other.
   */
  @Test
  void theWorstChangeOfALinearClassifierIsFound() {
    float size = 0.5f;
    Tensor weight = random.normal(DType.F32, Shape.of(2, 6), 0, 1);
    Tensor x = random.normal(DType.F32, Shape.of(1, 6), 0, 1);
    Tensor logits = MatMul.matmul(x, false, weight, true);
    var worst = new VirtualAdversarial(at -> MatMul.matmul(at, false, weight, true), size, random);
    double found = worst.of(x).item();

    double[] w = weight.toDoubles();
    double steepness = 0;
    for (int i = 0; i < 6; i++) {
      steepness += Math.pow(w[i] - w[6 + i], 2);
    }
    double[] l = logits.toDoubles();
    double margin = l[0] - l[1];
    double move = size * Math.sqrt(steepness);
    double up = divergence(margin, margin + move);
    double down = divergence(margin, margin - move);
    assertTrue(
        Math.abs(found - up) < 1e-4 || Math.abs(found - down) < 1e-4,
        "found %s, expected %s or %s".formatted(found, up, down));
  }

  /** Kullback and Leibler's, between two classes with these differences of logits. */
  private static double divergence(double from, double to) {
    double p = 1 / (1 + Math.exp(-from));
    double q = 1 / (1 + Math.exp(-to));
    return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
  }

  @Test
  void aClassifierThatMindsNothingHasNoWorstChange() {
    Tensor logits = Tensor.of(device, Shape.of(2, 2), 1f, 0f, 0f, 3f);
    Tensor zero = Tensor.zeros(device, DType.F32, Shape.of(4, 2));
    Tensor x = random.normal(DType.F32, Shape.of(2, 4), 0, 1);
    var worst =
        new VirtualAdversarial(
            at -> semigan.tensor.ops.Binary.add(MatMul.matmul(at, zero), logits), 1, random);
    assertEquals(0, worst.of(x).item(), 1e-6);
  }

  @Test
  void consistencyHoldsThePupilToTheTeacherWhereItIsSure() {
    Tensor pupil = Tensor.of(device, Shape.of(3, 2), 0.2f, -0.3f, 1f, 2f, 0f, 0f);
    Tensor teacher = Tensor.of(device, Shape.of(3, 2), 3f, 0f, 0f, 0.5f, -1f, 1f);
    float confidence = 0.8f;
    double expected = 0;
    double[] l = pupil.toDoubles();
    double[] t = teacher.toDoubles();
    int counted = 0;
    for (int row = 0; row < 3; row++) {
      double p = 1 / (1 + Math.exp(t[2 * row + 1] - t[2 * row])); // of the first class
      double weight = Math.max(0, (Math.max(p, 1 - p) - confidence) / (1 - confidence));
      counted += weight > 0 ? 1 : 0;
      double sharp = 1 / (1 + Math.exp(2 * (t[2 * row + 1] - t[2 * row])));
      double q = 1 / (1 + Math.exp(l[2 * row + 1] - l[2 * row]));
      expected -= weight * (sharp * Math.log(q) + (1 - sharp) * Math.log(1 - q)) / 3;
    }
    assertEquals(2, counted, "the teacher is not sure of the second image");
    Tensor loss = Consistency.of(pupil, Softmax.softmax(teacher), confidence);
    assertEquals(expected, loss.item(), 1e-6);
    double[] slope = loss.backward(List.of(pupil)).of(pupil).toDoubles();
    assertTrue(slope[0] < 0 && slope[4] > 0, "towards the teacher's classes");
    assertEquals(0, slope[2], "not towards a guess");
    assertThrows(
        IllegalArgumentException.class,
        () -> TrainConfig.of(java.util.Map.of("steps", 1, "confidence", 1)));
  }
}
