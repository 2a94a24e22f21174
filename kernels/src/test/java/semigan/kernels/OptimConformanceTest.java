package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.kernels.OptimKernels.AdamSlot;
import semigan.kernels.OptimKernels.AverageSlot;
import semigan.kernels.OptimKernels.SgdSlot;
import semigan.kernels.Trial.Placement;

class OptimConformanceTest {
  /** One call updates parameters of all of these lengths. */
  private static final int[] LENGTHS = {1, 3, 31, 257, 5003, 32};

  private static final double RATE = 0.01;

  @OnEveryDevice
  void adamIsTheReferences(Device device) {
    var paper = new AdamSettings(0.5f, 0.999f, 1e-8f, false);
    var inside = new AdamSettings(0.9f, 0.99f, 1e-4f, true);
    for (AdamSettings settings : List.of(paper, inside)) {
      for (double step : new double[] {1, 2, 1000, 1_000_000}) {
        adam(device, settings, step);
      }
    }
  }

  @OnEveryDevice
  void adamsFirstStepMovesByTheRateAgainstTheGradientsSign(Device device) {
    var settings = new AdamSettings(0.5f, 0.999f, 1e-8f, false);
    var trial = new Trial(device, "first step");
    var clock = trial.single("clock", 1, RATE);
    var parameter = trial.updated("parameter", 0, 0, 0);
    var gradient = trial.input("gradient", 5, -0.25, 0);
    var first = trial.updated("first", DType.F32, 0, 0, 0);
    var second = trial.updated("second", DType.F32, 0, 0, 0);
    trial.run(
        (kernels, at) ->
            kernels
                .optim()
                .adam(
                    settings,
                    at.of(clock),
                    null,
                    List.of(slot(at, parameter, gradient, first, second))));
    double rounding = RATE * (1e-5 + Tolerance.storage(device.type()));
    assertEquals(-RATE, trial.actual(parameter)[0], rounding);
    assertEquals(RATE, trial.actual(parameter)[1], rounding);
    assertEquals(0, trial.actual(parameter)[2]);
  }

  @OnEveryDevice
  void adamsCopyIsTheUpdatedParameterInItsOwnType(Device device) {
    var settings = new AdamSettings(0.5f, 0.999f, 1e-8f, false);
    for (int length : LENGTHS) {
      var trial = new Trial(device, "copy of " + length);
      var clock = trial.single("clock", 2, RATE);
      var parameter = trial.updated("parameter", DType.F32, trial.normal(length));
      var gradient = trial.input("gradient", length);
      var first = trial.updated("first", DType.F32, trial.normal(length));
      var second = trial.updated("second", DType.F32, trial.uniform(length, 0.1, 1));
      var copy = trial.output("copy", length);
      trial.run(
          (kernels, at) -> {
            var slot =
                new AdamSlot(
                    at.of(parameter),
                    at.of(gradient),
                    at.of(first),
                    at.of(second),
                    at.of(copy),
                    null);
            kernels.optim().adam(settings, at.of(clock), null, List.of(slot));
          });
      assertArrayEquals(
          Trial.quantised(device.type(), trial.actual(parameter)), trial.actual(copy));
    }
  }

  @OnEveryDevice
  void adamsAverageFollowsTheUpdatedParameter(Device device) {
    var settings = new AdamSettings(0.5f, 0.999f, 1e-8f, false);
    for (int steps : new int[] {1, 1_000_000}) {
      for (int length : LENGTHS) {
        var trial = new Trial(device, "average of " + length + " after " + steps);
        var clock = trial.single("clock", 2, RATE);
        var averaging = trial.single("averaging clock", steps, 0.01);
        var parameter = trial.updated("parameter", DType.F32, trial.normal(length));
        var gradient = trial.input("gradient", length);
        var first = trial.updated("first", DType.F32, trial.normal(length));
        var second = trial.updated("second", DType.F32, trial.uniform(length, 0.1, 1));
        var average = trial.updated("average", DType.F32, trial.normal(length));
        trial.run(
            (kernels, at) -> {
              var slot =
                  new AdamSlot(
                      at.of(parameter),
                      at.of(gradient),
                      at.of(first),
                      at.of(second),
                      null,
                      at.of(average));
              kernels.optim().adam(settings, at.of(clock), at.of(averaging), List.of(slot));
            });
        float rate = OptimKernels.averagingRate(0.01f, steps);
        double[] moved = trial.actual(parameter);
        for (int i = 0; i < length; i++) {
          double old = average.before()[i];
          double expected = old + rate * (moved[i] - old);
          double allowed = 4 * Tolerance.ROUNDING * (Math.abs(old) + Math.abs(moved[i]));
          assertEquals(expected, trial.actual(average)[i], allowed, "element " + i);
        }
      }
    }
  }

  @OnEveryDevice
  void momentumIsTheReferences(Device device) {
    for (float momentum : new float[] {0, 0.9f}) {
      var trial = new Trial(device, "momentum " + momentum);
      var clock = trial.single("clock", 3, RATE);
      var parameters = updated(trial, "parameter", device.type());
      var gradients = inputs(trial, "gradient");
      var velocities = updated(trial, "velocity", DType.F32);
      trial.run(
          (kernels, at) -> {
            List<SgdSlot> slots = new ArrayList<>();
            for (int i = 0; i < LENGTHS.length; i++) {
              slots.add(
                  new SgdSlot(
                      at.of(parameters.get(i)), at.of(gradients.get(i)), at.of(velocities.get(i))));
            }
            kernels.optim().sgd(momentum, at.of(clock), slots);
          });
      for (int slot = 0; slot < LENGTHS.length; slot++) {
        var before = List.of(parameters.get(slot), gradients.get(slot), velocities.get(slot));
        for (Operand operand : List.of(parameters.get(slot), velocities.get(slot))) {
          trial.assertWithin(operand, i -> 4 * Tolerance.ROUNDING * magnitude(before, i));
        }
      }
    }
  }

  @OnEveryDevice
  void aYoungAverageMovesFasterThanItsRate(Device device) {
    for (int steps : new int[] {1, 11, 1_000_000}) {
      var trial = new Trial(device, "average after " + steps);
      var clock = trial.single("clock", steps, RATE);
      var average = trial.updated("average", DType.F32, 0, 4);
      var value = trial.input("value", 1, 2);
      trial.run(
          (kernels, at) ->
              kernels
                  .optim()
                  .average(at.of(clock), List.of(new AverageSlot(at.of(average), at.of(value)))));
      double rate = Math.max(RATE, 9.0 / (9 + steps));
      assertEquals(rate, trial.actual(average)[0], 1e-6);
      assertEquals(4 - 2 * rate, trial.actual(average)[1], 1e-6);
    }
  }

  @OnEveryDevice
  void averageIsTheReferences(Device device) {
    for (float rate : new float[] {1e-4f, 0.5f, 1}) {
      var trial = new Trial(device, "average " + rate);
      var averages = updated(trial, "average", DType.F32);
      var values = inputs(trial, "value");
      trial.run(
          (kernels, at) -> {
            List<AverageSlot> slots = new ArrayList<>();
            for (int i = 0; i < LENGTHS.length; i++) {
              slots.add(new AverageSlot(at.of(averages.get(i)), at.of(values.get(i))));
            }
            kernels.optim().average(rate, slots);
          });
      for (int slot = 0; slot < LENGTHS.length; slot++) {
        var before = List.of(averages.get(slot), values.get(slot));
        trial.assertWithin(averages.get(slot), i -> 4 * Tolerance.ROUNDING * magnitude(before, i));
      }
    }
  }

  @OnEveryDevice
  void clippingScalesAllGradientsByTheirCommonNorm(Device device) {
    var trial = new Trial(device, "clip to 1");
    var gradients = updated(trial, "gradient", device.type());
    var norm = trial.output("norm", DType.F32, 1);
    trial.run((kernels, at) -> kernels.optim().clipByNorm(1, all(gradients, at), at.of(norm)));
    double relative = Tolerance.sum(Arrays.stream(LENGTHS).sum()) / Tolerance.ROUNDING;
    trial.assertClose(norm, relative);
    gradients.forEach(gradient -> trial.assertClose(gradient, relative));
  }

  @OnEveryDevice
  void clippingLeavesSmallGradientsAsTheyAre(Device device) {
    for (float limit : new float[] {1e4f, Float.POSITIVE_INFINITY}) {
      var trial = new Trial(device, "clip to " + limit);
      var gradients = updated(trial, "gradient", device.type());
      var norm = trial.output("norm", DType.F32, 1);
      trial.run(
          (kernels, at) -> kernels.optim().clipByNorm(limit, all(gradients, at), at.of(norm)));
      gradients.forEach(trial::assertSame);
      trial.assertClose(norm, Tolerance.sum(Arrays.stream(LENGTHS).sum()) / Tolerance.ROUNDING);
    }
  }

  @OnEveryDevice
  void clippingOfZeroGradientsIsZero(Device device) {
    var trial = new Trial(device, "clip zeros");
    var gradient = trial.updated("gradient", new double[33]);
    var norm = trial.output("norm", DType.F32, 1);
    trial.run(
        (kernels, at) -> kernels.optim().clipByNorm(1, List.of(at.of(gradient)), at.of(norm)));
    trial.assertSame(gradient);
    trial.assertSame(norm);
  }

  @OnEveryDevice
  void theClockCountsOneStepAndKeepsTheRate(Device device) {
    var trial = new Trial(device, "advance");
    var clock = trial.updated("clock", DType.F32, 41, RATE);
    trial.run((kernels, at) -> kernels.optim().advance(at.of(clock))).assertSame(clock);
    assertEquals(42, trial.actual(clock)[OptimKernels.CLOCK_STEP]);
  }

  /** A launch has room for so many; the next must go on where it ended. */
  @OnEveryDevice
  void aHundredAndFiftyParametersAreUpdatedByOneCall(Device device) {
    var trial = new Trial(device, "150 parameters");
    List<Operand> averages = new ArrayList<>();
    List<Operand> values = new ArrayList<>();
    List<Operand> gradients = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      averages.add(trial.updated("average" + i, DType.F32, trial.normal(1 + i)));
      values.add(trial.input("value" + i, 1 + i));
      gradients.add(trial.updated("gradient" + i, trial.normal(1 + i)));
    }
    var norm = trial.output("norm", DType.F32, 1);
    trial.run(
        (kernels, at) -> {
          List<AverageSlot> slots = new ArrayList<>();
          for (int i = 0; i < averages.size(); i++) {
            slots.add(new AverageSlot(at.of(averages.get(i)), at.of(values.get(i))));
          }
          kernels.optim().average(0.5f, slots);
          kernels.optim().clipByNorm(1, all(gradients, at), at.of(norm));
        });
    for (int slot = 0; slot < averages.size(); slot++) {
      var before = List.of(averages.get(slot), values.get(slot));
      trial.assertWithin(averages.get(slot), i -> 4 * Tolerance.ROUNDING * magnitude(before, i));
    }
    double relative = Tolerance.sum(150 * 151 / 2) / Tolerance.ROUNDING;
    trial.assertClose(norm, relative);
    gradients.forEach(gradient -> trial.assertClose(gradient, relative));
  }

  private static void adam(Device device, AdamSettings settings, double step) {
    var trial = new Trial(device, settings + " at step " + step);
    var clock = trial.single("clock", step, RATE);
    var parameters = updated(trial, "parameter", device.type());
    var gradients = inputs(trial, "gradient");
    var firsts = updated(trial, "first", DType.F32);
    List<Operand> seconds = new ArrayList<>();
    for (int length : LENGTHS) {
      seconds.add(trial.updated("second", DType.F32, trial.uniform(length, 0, 1)));
    }
    trial.run(
        (kernels, at) -> {
          List<AdamSlot> slots = new ArrayList<>();
          for (int i = 0; i < LENGTHS.length; i++) {
            slots.add(slot(at, parameters.get(i), gradients.get(i), firsts.get(i), seconds.get(i)));
          }
          kernels.optim().adam(settings, at.of(clock), null, slots);
        });
    for (int slot = 0; slot < LENGTHS.length; slot++) {
      var sums = List.of(gradients.get(slot), firsts.get(slot));
      trial.assertWithin(firsts.get(slot), i -> 4 * Tolerance.ROUNDING * magnitude(sums, i));
      trial.assertClose(seconds.get(slot), 4);
      double[] moved = trial.expected(parameters.get(slot));
      double[] second = trial.expected(seconds.get(slot));
      // The first moment is off by the roundings of its two terms, and the update with it.
      double factor =
          RATE
              / (1 - Math.pow(settings.beta1(), step))
              * Math.sqrt(1 - Math.pow(settings.beta2(), step));
      trial.assertWithin(
          parameters.get(slot),
          i -> {
            double update = factor * magnitude(sums, i) / Math.sqrt(second[i]);
            return Tolerance.ROUNDING * (2 * Math.abs(moved[i]) + 16 * update);
          });
    }
  }

  private static AdamSlot slot(
      Placement at, Operand parameter, Operand gradient, Operand first, Operand second) {
    return new AdamSlot(at.of(parameter), at.of(gradient), at.of(first), at.of(second));
  }

  private static List<Buffer> all(List<Operand> operands, Placement at) {
    return operands.stream().map(at::of).toList();
  }

  private static List<Operand> updated(Trial trial, String name, DType type) {
    return Arrays.stream(LENGTHS)
        .mapToObj(length -> trial.updated(name + length, type, trial.normal(length)))
        .toList();
  }

  private static List<Operand> inputs(Trial trial, String name) {
    return Arrays.stream(LENGTHS).mapToObj(length -> trial.input(name + length, length)).toList();
  }

  private static double magnitude(List<Operand> terms, int i) {
    return terms.stream().mapToDouble(term -> Math.abs(term.before()[i])).sum();
  }
}
