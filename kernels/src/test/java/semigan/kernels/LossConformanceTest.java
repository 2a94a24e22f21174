package semigan.kernels;

import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.Arrays;
import java.util.List;
import semigan.kernels.cuda.CudaBackend;

class LossConformanceTest {
  /** Rows, classes. */
  private static final int[][] SIZES = {
    {1, 1}, {3, 1}, {1, 10}, {31, 3}, {33, 10}, {257, 10}, {64, 11}, {3, 257}, {255, 33}, {32, 256}
  };

  /** Rows of three logits that overflow or cancel when taken naively. */
  private static final double[] EXTREMES = {
    1e4, 1e4, 1e4, -1e4, -1e4, -1e4, 1e4, 0, -1e4, 0, 0, 0, 88, 89, 90, -104, -100, -90, 1e4, 9999,
    9998, 30, -30, 0, -20, -25, -30
  };

  /** Rows of three logits that are no numbers, or not all of them. */
  private static final double[] NO_NUMBERS = {
    NEGATIVE_INFINITY,
    NEGATIVE_INFINITY,
    NEGATIVE_INFINITY,
    POSITIVE_INFINITY,
    0,
    1,
    POSITIVE_INFINITY,
    POSITIVE_INFINITY,
    0,
    POSITIVE_INFINITY,
    NEGATIVE_INFINITY,
    0,
    NaN,
    0,
    1,
    1,
    POSITIVE_INFINITY,
    NaN,
    NEGATIVE_INFINITY,
    0,
    1
  };

  @OnEveryDevice
  void infiniteLogitsHaveTheReferencesLimits(Device device) {
    logSumExp(new Trial(device, "no numbers"), 3, NO_NUMBERS);
    softmax(new Trial(device, "no numbers"), 3, NO_NUMBERS);
    for (int target : new int[] {LossKernels.REAL, LossKernels.FAKE, 0, 1, 2}) {
      int[] targets = new int[NO_NUMBERS.length / 3];
      Arrays.fill(targets, target);
      semiSupervised(new Trial(device, "no numbers for " + target), 3, NO_NUMBERS, targets);
    }
  }

  @OnEveryDevice
  void logSumExpIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      var trial = new Trial(device, size[0] + " x " + size[1]);
      logSumExp(trial, size[1], trial.normal((long) size[0] * size[1]));
    }
    logSumExp(new Trial(device, "extremes"), 3, EXTREMES);
  }

  @OnEveryDevice
  void softmaxIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      var trial = new Trial(device, size[0] + " x " + size[1]);
      softmax(trial, size[1], trial.normal((long) size[0] * size[1]));
    }
    softmax(new Trial(device, "extremes"), 3, EXTREMES);
  }

  @OnEveryDevice
  void gradientOfSoftmaxIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      int rows = size[0];
      int classes = size[1];
      var trial = new Trial(device, rows + " x " + classes);
      var y = trial.input("y", shares(trial.normal((long) rows * classes), classes));
      var dy = trial.input("dy", (long) rows * classes);
      var dx = trial.output("dx", (long) rows * classes);
      trial.run(
          (kernels, at) ->
              kernels.loss().softmaxBackward(rows, classes, at.of(y), at.of(dy), at.of(dx)));
      double largest = Arrays.stream(dy.before()).map(Math::abs).max().orElseThrow();
      trial.assertWithin(dx, i -> 2 * Tolerance.sum(classes) * y.before()[i] * largest);
    }
  }

  @OnEveryDevice
  void semiSupervisedLossIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      var trial = new Trial(device, size[0] + " x " + size[1]);
      double[] logits = trial.normal((long) size[0] * size[1]);
      int[] targets = trial.below(size[1] + 2, size[0]);
      Arrays.setAll(targets, row -> targets[row] - 2);
      semiSupervised(trial, size[1], logits, targets);
    }
    for (int target : new int[] {LossKernels.REAL, LossKernels.FAKE, 0, 1, 2}) {
      int[] targets = new int[EXTREMES.length / 3];
      Arrays.fill(targets, target);
      semiSupervised(new Trial(device, "extremes for " + target), 3, EXTREMES, targets);
    }
  }

  @OnEveryDevice
  void semiSupervisedLossIsThatOfASoftmaxOverOneMoreClass(Device device) {
    int classes = 10;
    int rows = 33;
    var trial = new Trial(device, "naive");
    var logits = trial.input("logits", (long) rows * classes);
    int[] targets = trial.below(classes + 2, rows);
    Arrays.setAll(targets, row -> targets[row] - 2);
    var loss = semiSupervised(trial, classes, logits, targets);
    for (int row = 0; row < rows; row++) {
      double real = 0;
      for (int k = 0; k < classes; k++) {
        real += Math.exp(logits.before()[row * classes + k]);
      }
      double all = 1 + real; // the generated class has the logit 0
      double probability =
          switch (targets[row]) {
            case LossKernels.REAL -> real / all;
            case LossKernels.FAKE -> 1 / all;
            default -> Math.exp(logits.before()[row * classes + targets[row]]) / real;
          };
      assertEquals(-Math.log(probability), trial.actual(loss)[row], 1e-5);
    }
  }

  /** A target is looked at where that costs nothing. */
  @OnEveryDevice
  void refusesATargetThatIsNoneOnTheHost(Device device) {
    assumeFalse(device.backendName().equals(CudaBackend.NAME), "does not look at targets");
    Backend backend = device.backend();
    Buffer logits = backend.allocate(device.type(), 6);
    Buffer dlogits = backend.allocate(device.type(), 6);
    Buffer targets = backend.allocate(DType.I32, 2);
    Buffer loss = backend.allocate(DType.F32, 2);
    backend.write(new float[6], 0, logits);
    for (int target : new int[] {3, -3}) {
      backend.write(new int[] {LossKernels.FAKE, target}, 0, targets);
      var refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> backend.loss().semiSupervised(2, 3, logits, targets, loss, dlogits));
      assertEquals(
          "semi_supervised: row 1 has the target %d, expected a class from 0 to 2, -1 (real) or -2 (generated)"
              .formatted(target),
          refusal.getMessage());
    }
    List.of(logits, dlogits, targets, loss).forEach(backend::release);
  }

  private static void logSumExp(Trial trial, int classes, double[] values) {
    int rows = values.length / classes;
    var x = trial.input("x", values);
    var y = trial.output("y", rows);
    trial.run((kernels, at) -> kernels.loss().logSumExp(rows, classes, at.of(x), at.of(y)));
    trial.assertWithin(
        y, row -> Tolerance.sum(classes) * (1 + Math.abs(largest(x.before(), row, classes))));
  }

  private static void softmax(Trial trial, int classes, double[] values) {
    int rows = values.length / classes;
    var x = trial.input("x", values);
    var y = trial.output("y", (long) rows * classes);
    trial.run((kernels, at) -> kernels.loss().softmax(rows, classes, at.of(x), at.of(y)));
    double[] truth = trial.expected(y);
    // An exponential is off by as much as its argument's rounding; that is its distance to the
    // largest logit, however large they all are.
    trial.assertWithin(y, i -> truth[i] * Tolerance.sum(classes) * (2 + below(x, i, classes)));
  }

  private static Operand semiSupervised(
      Trial trial, int classes, double[] values, int[] targetValues) {
    return semiSupervised(trial, classes, trial.input("logits", values), targetValues);
  }

  private static Operand semiSupervised(
      Trial trial, int classes, Operand logits, int[] targetValues) {
    int rows = targetValues.length;
    var targets = trial.integers("targets", targetValues);
    var loss = trial.output("loss", DType.F32, rows);
    var dlogits = trial.output("dlogits", (long) rows * classes);
    trial.run(
        (kernels, at) ->
            kernels
                .loss()
                .semiSupervised(
                    rows, classes, at.of(logits), at.of(targets), at.of(loss), at.of(dlogits)));
    double relative = 2 * Tolerance.sum(classes);
    double[] truth = trial.expected(loss);
    trial.assertWithin(
        loss,
        row -> {
          double largest = largest(logits.before(), row, classes);
          double argument = 1 + Math.abs(largest);
          int target = targetValues[row];
          if (target >= 0) { // (largest - logit) + log(sum): never the size of the logits
            argument = 1 + largest - logits.before()[row * classes + target];
          }
          return relative * argument * slope(target, largest + Math.log(classes))
              + relative * truth[row];
        });
    trial.assertWithin(
        dlogits,
        i -> {
          int row = i / classes;
          double distance = below(logits, i, classes);
          double largest = largest(logits.before(), row, classes);
          double slope = slope(targetValues[row], largest + Math.log(classes));
          double argument = targetValues[row] >= 0 ? 1 : 1 + Math.abs(largest);
          double own = targetValues[row] == i % classes ? Tolerance.ROUNDING : 0;
          return relative * slope * Math.exp(-distance) * (1 + distance + argument) + own;
        });
    return loss;
  }

  /** At least the derivative of the loss by L, given what L is at most. */
  private static double slope(int target, double bound) {
    return switch (target) {
      case LossKernels.REAL -> 1 / (1 + Math.exp(bound - Math.log(257)));
      case LossKernels.FAKE -> Math.exp(Math.min(bound, 0));
      default -> 1;
    };
  }

  /** How far a logit lies below the largest of its row. */
  private static double below(Operand x, int i, int classes) {
    return largest(x.before(), i / classes, classes) - x.before()[i];
  }

  private static double largest(double[] x, int row, int classes) {
    return Arrays.stream(x, row * classes, (row + 1) * classes).max().orElseThrow();
  }

  private static double[] shares(double[] logits, int classes) {
    double[] shares = new double[logits.length];
    for (int row = 0; row < logits.length / classes; row++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum += Math.exp(logits[row * classes + k]);
      }
      for (int k = 0; k < classes; k++) {
        shares[row * classes + k] = Math.exp(logits[row * classes + k]) / sum;
      }
    }
    return shares;
  }
}
