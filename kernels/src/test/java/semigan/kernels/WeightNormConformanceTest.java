package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

class WeightNormConformanceTest {
  /** Rows and columns; a row may be longer than what is done at once. */
  private static final int[][] SIZES = {{1, 1}, {3, 2}, {33, 31}, {5, 257}, {2, 5003}, {100, 400}};

  @OnEveryDevice
  void forwardIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      int rows = size[0];
      int columns = size[1];
      var trial = new Trial(device, "weight norm of %d x %d".formatted(rows, columns));
      var v = trial.single("v", trial.normal((long) rows * columns));
      var scale = trial.single("scale", trial.normal(rows));
      var w = trial.output("w", DType.F32, (long) rows * columns);
      trial.run(
          (kernels, at) ->
              kernels.norm().weightNormForward(rows, columns, at.of(v), at.of(scale), at.of(w)));
      trial.assertClose(w, 4 + Math.sqrt(columns));
    }
  }

  @OnEveryDevice
  void backwardIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      int rows = size[0];
      int columns = size[1];
      var trial = new Trial(device, "weight norm of %d x %d".formatted(rows, columns));
      var v = trial.single("v", trial.normal((long) rows * columns));
      var scale = trial.single("scale", trial.normal(rows));
      var dw = trial.single("dw", trial.normal((long) rows * columns));
      var dv = trial.output("dv", DType.F32, (long) rows * columns);
      var same = trial.updated("same", DType.F32, dw.before());
      var dscale = trial.output("dscale", DType.F32, rows);
      var again = trial.output("again", DType.F32, rows);
      trial.run(
          (kernels, at) -> {
            var norm = kernels.norm();
            norm.weightNormBackward(
                rows, columns, at.of(v), at.of(scale), at.of(dw), at.of(dv), at.of(dscale));
            norm.weightNormBackward(
                rows, columns, at.of(v), at.of(scale), at.of(same), at.of(same), at.of(again));
          });
      assertArrayEquals(trial.actual(dv), trial.actual(same));
      assertWeightGradients(trial, rows, columns, v, scale, dw, dv, dscale);
    }
  }

  /**
   * Both are differences of sums: {@code dscale} errs by the sum of its magnitudes, and a row of
   * {@code dv} by what is taken off {@code dw}, each over {@code |v|}.
   */
  private static void assertWeightGradients(
      Trial trial,
      int rows,
      int columns,
      Operand v,
      Operand scale,
      Operand dw,
      Operand dv,
      Operand dscale) {
    double[] length = new double[rows];
    double[] size = new double[rows];
    for (int i = 0; i < rows * columns; i++) {
      length[i / columns] += Math.pow(v.before()[i], 2);
      size[i / columns] += Math.abs(v.before()[i] * dw.before()[i]);
    }
    double relative = Tolerance.sum(columns) + 4 * Tolerance.ROUNDING;
    trial.assertWithin(dscale, row -> relative * size[row] / Math.sqrt(length[row]));
    trial.assertWithin(
        dv,
        i -> {
          int row = i / columns;
          double taken = size[row] / length[row] * Math.abs(v.before()[i]);
          double factor = Math.abs(scale.before()[row]) / Math.sqrt(length[row]);
          return relative * factor * (taken + Math.abs(dw.before()[i]));
        });
  }
}
