package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Every loss but the K+1 one, by its formula in double. */
class LossesTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void crossEntropyIsMinusTheMeanLogLikelihood() {
    int[] labels = {2, 0, 3, 3, 1};
    Tensor logits = device.normal(Shape.of(5, 4));
    check(
        Losses.crossEntropy(logits, device.labels(labels)),
        in -> {
          double sum = 0;
          for (int row = 0; row < 5; row++) {
            double[] l = Arrays.copyOfRange(in[0], 4 * row, 4 * row + 4);
            double total = Arrays.stream(l).map(Math::exp).sum();
            sum -= Math.log(Math.exp(l[labels[row]]) / total);
          }
          return sum / 5;
        },
        logits);
  }

  @Test
  void binaryCrossEntropyTakesATargetForEach() {
    Tensor logits = device.normal(Shape.of(4, 3));
    Tensor targets = device.tensor(Shape.of(4, 3), 0, 1, 0.5f, 1, 0, 0.9f, 1, 1, 0, 0, 1, 0);
    double[] t = targets.toDoubles();
    check(
        Losses.binaryCrossEntropy(logits, targets),
        in -> {
          double sum = 0;
          for (int i = 0; i < t.length; i++) {
            sum += binaryCrossEntropy(in[0][i], t[i]);
          }
          return sum / t.length;
        },
        logits);
  }

  @Test
  void binaryCrossEntropyTakesOneTargetForAll() {
    Tensor logits = device.normal(Shape.of(7));
    for (float target : new float[] {0, 0.9f, 1}) {
      check(
          Losses.binaryCrossEntropy(logits, target),
          in -> mean(in[0], l -> binaryCrossEntropy(l, target)),
          logits);
    }
  }

  @Test
  void binaryCrossEntropyDoesNotOverflow() {
    Tensor logits = device.tensor(Shape.of(2), 1000, -1000);
    assertEquals(500, Losses.binaryCrossEntropy(logits, 0).item());
    assertEquals(500, Losses.binaryCrossEntropy(logits, 1).item());
  }

  @Test
  void binaryCrossEntropyRefusesToBroadcast() {
    assertRefused(
        "logits of [3,1] and targets of [3]",
        () -> Losses.binaryCrossEntropy(device.normal(Shape.of(3, 1)), device.normal(Shape.of(3))));
  }

  @Test
  void hingeAsksForAMarginOfOne() {
    // By hand: real 1 - 0.5 = 0.5, 0, 3; fake 1.5, 0; -mean(fake) = 0.75.
    Tensor real = device.tensor(Shape.of(3), 0.5f, 1.5f, -2);
    Tensor fake = device.tensor(Shape.of(2), 0.5f, -2);
    assertEquals(3.5f / 3 + 0.75f, Losses.hingeDiscriminator(real, fake).item(), 1e-6f);
    assertEquals(0.75f, Losses.hingeGenerator(fake).item());
    check(
        Losses.hingeDiscriminator(real, fake),
        in -> mean(in[0], l -> Math.max(0, 1 - l)) + mean(in[1], l -> Math.max(0, 1 + l)),
        real,
        fake);
    check(Losses.hingeGenerator(fake), in -> mean(in[0], l -> -l), fake);
  }

  @Test
  void leastSquaresIsTheMeanSquaredDistanceFromTheTarget() {
    assertEquals(5, Losses.leastSquares(device.tensor(Shape.of(2), 2, 4), 1).item());
    Tensor x = device.normal(Shape.of(3, 2));
    check(Losses.leastSquares(x, 0.9f), in -> mean(in[0], v -> Math.pow(v - 0.9f, 2)), x);
  }

  @Test
  void featureMatchingComparesTheMeansOfBatchesOfAnySize() {
    // Means (2, 3) and (5, 1): (9 + 4) / 2.
    Tensor real = device.tensor(Shape.of(2, 2), 1, 2, 3, 4);
    Tensor fake = device.tensor(Shape.of(1, 2), 5, 1);
    assertEquals(6.5f, Losses.featureMatching(real, fake).item());

    Tensor images = device.normal(Shape.of(4, 2, 2, 3));
    Tensor others = device.normal(Shape.of(5, 2, 2, 3));
    check(
        Losses.featureMatching(images, others),
        in -> {
          double[] a = Plain.mean(in[0], 12);
          double[] b = Plain.mean(in[1], 12);
          double sum = 0;
          for (int i = 0; i < a.length; i++) {
            sum += Math.pow(a[i] - b[i], 2);
          }
          return sum / a.length;
        },
        images,
        others);
  }

  @Test
  void softCrossEntropyIsTheExpectedMinusLogLikelihood() {
    Tensor logits = device.normal(Shape.of(3, 4));
    Tensor likely =
        device.tensor(Shape.of(3, 4), 1, 0, 0, 0, .25f, .25f, .25f, .25f, 0, .5f, .5f, 0);
    double[] p = likely.toDoubles();
    Slopes.assertSame(
        in -> {
          double[] q = softmax(in[0], 4);
          double[] rows = new double[3];
          for (int i = 0; i < q.length; i++) {
            rows[i / 4] -= p[i] * Math.log(q[i]);
          }
          return rows;
        },
        Losses.softCrossEntropy(logits, likely),
        device.normal(Shape.of(3)),
        List.of(logits),
        1e-5);
    assertRefused(
        "logits of [3,4] and probabilities of [3,1]",
        () -> Losses.softCrossEntropy(logits, device.normal(Shape.of(3, 1))));
  }

  @Test
  void entropyIsThatOfTheSoftmax() {
    Tensor logits = device.normal(Shape.of(5, 3));
    check(
        Losses.entropy(logits),
        in -> Arrays.stream(softmax(in[0], 3)).map(q -> -q * Math.log(q)).sum() / 5,
        logits);
    assertEquals(
        Math.log(10), Losses.entropy(device.tensor(Shape.of(1, 10), new float[10])).item(), 1e-6);
  }

  @Test
  void imbalanceIsWhatTheMeanPredictionLacksInEntropy() {
    Tensor logits = device.normal(Shape.of(6, 3));
    check(
        Losses.imbalance(logits),
        in -> {
          double[] q = softmax(in[0], 3);
          double lack = Math.log(3);
          for (int k = 0; k < 3; k++) {
            double mean = 0;
            for (int row = 0; row < 6; row++) {
              mean += q[3 * row + k] / 6;
            }
            lack += mean * Math.log(mean);
          }
          return lack;
        },
        logits);
    Tensor sure = device.tensor(Shape.of(2, 2), 99, 0, 0, 99);
    assertEquals(0, Losses.imbalance(sure).item(), 1e-6);
    Tensor alike = device.tensor(Shape.of(2, 2), 99, 0, 99, 0);
    assertEquals(Math.log(2), Losses.imbalance(alike).item(), 1e-6);
  }

  @Test
  void pullAwayRefusesASingleImage() {
    assertRefused(
        "pull_away: the features [1,3] have one row",
        () -> Losses.pullAway(device.normal(Shape.of(1, 3))));
  }

  @Test
  void pullAwayIsTheMeanSquaredCosineOfDifferentImages() {
    // Cosines of 45 degrees, 90 degrees and 45 degrees.
    Tensor plane = device.tensor(Shape.of(3, 2), 1, 0, 3, 3, 0, 0.5f);
    assertEquals((0.5 + 0 + 0.5) / 3, Losses.pullAway(plane).item(), 1e-6);
    Tensor features = device.normal(Shape.of(4, 3));
    check(
        Losses.pullAway(features),
        in -> {
          double sum = 0;
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
              sum += i == j ? 0 : Math.pow(cosine(in[0], 3 * i, 3 * j), 2);
            }
          }
          return sum / 12;
        },
        features);
  }

  private static double cosine(double[] values, int a, int b) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int k = 0; k < 3; k++) {
      product += values[a + k] * values[b + k];
      first += values[a + k] * values[a + k];
      second += values[b + k] * values[b + k];
    }
    return product / Math.sqrt(first * second);
  }

  private static double[] softmax(double[] logits, int classes) {
    double[] q = new double[logits.length];
    for (int row = 0; row < logits.length; row += classes) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum += Math.exp(logits[row + k]);
      }
      for (int k = 0; k < classes; k++) {
        q[row + k] = Math.exp(logits[row + k]) / sum;
      }
    }
    return q;
  }

  @Test
  void featureMatchingRefusesToBroadcast() {
    assertRefused(
        "real features of [3] and fake features of [1]",
        () -> Losses.featureMatching(device.normal(Shape.of(2, 3)), device.normal(Shape.of(2, 1))));
  }

  private void check(Tensor loss, Function<double[][], Double> formula, Tensor... inputs) {
    assertEquals(Shape.of(), loss.shape());
    Slopes.assertSame(
        in -> new double[] {formula.apply(in)},
        loss,
        device.normal(Shape.of()),
        List.of(inputs),
        1e-5);
  }

  private static double binaryCrossEntropy(double logit, double target) {
    double p = 1 / (1 + Math.exp(-logit));
    return -target * Math.log(p) - (1 - target) * Math.log(1 - p);
  }

  private static double mean(double[] values, DoubleUnaryOperator f) {
    return Arrays.stream(values).map(f).average().orElseThrow();
  }

  private static void assertRefused(String shapes, Executable loss) {
    var refusal = assertThrows(IllegalArgumentException.class, loss);
    assertTrue(refusal.getMessage().contains(shapes), refusal.getMessage());
  }
}
