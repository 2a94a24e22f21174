package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

class ElementwiseConformanceTest {
  private static final int[] LENGTHS = {1, 3, 31, 32, 33, 255, 256, 257, 5003};

  /** What is done at once, and what is enough for several threads. */
  private static final int[] COPIES = {1, 700};

  private static final float ALPHA = 0.2f;
  private static final float BETA = -0.75f;

  /**
   * What a function in single precision may be off by, relatively: four units in the last place.
   */
  private static final double ROUNDINGS = 8;

  private static final List<BroadcastGeometry> BROADCASTS =
      List.of(
          geometry(List.of(), List.of()),
          geometry(List.of(1), List.of(1)),
          geometry(List.of(257), List.of(257)),
          geometry(List.of(5003), List.of(5003)),
          geometry(List.of(33), List.of(1)),
          geometry(List.of(1), List.of(33)),
          geometry(List.of(255, 3), List.of(1, 3)),
          geometry(List.of(1, 33), List.of(31, 33)),
          geometry(List.of(31, 33), List.of(31, 1)),
          geometry(List.of(257, 1), List.of(257, 3)),
          geometry(List.of(31, 1), List.of(1, 33)),
          geometry(List.of(31, 40), List.of(1, 40)),
          geometry(List.of(31, 1), List.of(31, 40)),
          geometry(List.of(2, 1, 40), List.of(2, 33, 40)),
          geometry(List.of(2, 5, 7, 3), List.of(1, 1, 1, 3)),
          geometry(List.of(2, 5, 7, 3), List.of(2, 1, 1, 3)),
          geometry(List.of(2, 1, 3, 1), List.of(1, 4, 1, 5)),
          geometry(List.of(2, 3, 1, 2, 1, 3), List.of(1, 3, 2, 2, 4, 1)));

  @OnEveryDevice
  void functionsAreTheReferences(Device device) {
    for (UnaryOp op : UnaryOp.values()) {
      for (int length : LENGTHS) {
        var trial = new Trial(device, op);
        var x = trial.input("x", inputs(trial, op, length));
        var y = trial.output("y", length);
        trial.run(
            (kernels, at) -> kernels.elementwise().unary(op, ALPHA, BETA, at.of(x), at.of(y)));
        assertFunction(trial, op, x, y);
      }
    }
  }

  @OnEveryDevice
  void functionsWorkInPlace(Device device) {
    for (UnaryOp op : UnaryOp.values()) {
      var trial = new Trial(device, op + " in place");
      var x = trial.updated("x", inputs(trial, op, 257));
      trial.run((kernels, at) -> kernels.elementwise().unary(op, ALPHA, BETA, at.of(x), at.of(x)));
      assertFunction(trial, op, x, x);
    }
  }

  @OnEveryDevice
  void functionsHoldAtExtremes(Device device) {
    double[] extremes = {-1e4, -100, -87, -20, -1e-30, -0.0, 0, 1e-30, 1e-4, 20, 80, 100, 1e4};
    for (UnaryOp op :
        List.of(
            UnaryOp.LEAKY_RELU,
            UnaryOp.TANH,
            UnaryOp.SIGMOID,
            UnaryOp.SOFTPLUS,
            UnaryOp.SQUARE,
            UnaryOp.ABS,
            UnaryOp.LINEAR)) {
      for (int copies : COPIES) {
        int length = copies * extremes.length;
        var trial = new Trial(device, op + " at extremes");
        var x = trial.input("x", Trial.values(length, i -> extremes[i % extremes.length]));
        var y = trial.output("y", length);
        trial.run(
            (kernels, at) -> kernels.elementwise().unary(op, ALPHA, BETA, at.of(x), at.of(y)));
        assertFunction(trial, op, x, y);
      }
    }
  }

  /** Training looks for numbers that are not finite: no function may make one look sound. */
  @OnEveryDevice
  void notANumberIsNotHidden(Device device) {
    for (UnaryOp op : UnaryOp.values()) {
      assertShowsNotANumber(device, op, ALPHA);
    }
    assertShowsNotANumber(device, UnaryOp.LEAKY_RELU, 0);
  }

  private static void assertShowsNotANumber(Device device, UnaryOp op, float alpha) {
    for (int copies : COPIES) {
      int length = copies * 33;
      var trial = new Trial(device, "%s by %s of NaN".formatted(op, alpha));
      var x = trial.input("x", Trial.values(length, i -> i % 2 == 0 ? Double.NaN : 0.5));
      var y = trial.output("y", length);
      trial.run((kernels, at) -> kernels.elementwise().unary(op, alpha, BETA, at.of(x), at.of(y)));
      double[] actual = trial.actual(y);
      for (int i = 0; i < length; i++) {
        assertEquals(Double.isNaN(x.before()[i]), !Double.isFinite(actual[i]), device + " " + op);
      }
    }
  }

  @OnEveryDevice
  void gradientsAreTheReferences(Device device) {
    for (UnaryOp op : UnaryOp.values()) {
      for (int length : LENGTHS) {
        var trial = new Trial(device, op + " backward");
        var x = trial.input("x", inputs(trial, op, length));
        var y = trial.input("y", forward(device, op, x.before()));
        var dy = trial.input("dy", length);
        var dx = trial.output("dx", length);
        trial.run(
            (kernels, at) ->
                kernels
                    .elementwise()
                    .unaryBackward(op, ALPHA, BETA, at.of(x), at.of(y), at.of(dy), at.of(dx)));
        assertGradient(trial, op, y, dy, dx);
      }
    }
  }

  @OnEveryDevice
  void gradientsWorkInPlaceOfAnyInput(Device device) {
    for (UnaryOp op : UnaryOp.values()) {
      for (int place = 0; place < 3; place++) {
        var trial = new Trial(device, op + " backward in place of input " + place);
        double[] values = inputs(trial, op, 257);
        var operands =
            List.of(
                trial.updated("x", values),
                trial.updated("y", forward(device, op, values)),
                trial.updated("dy", trial.normal(257)));
        var dx = operands.get(place);
        trial.run(
            (kernels, at) ->
                kernels
                    .elementwise()
                    .unaryBackward(
                        op,
                        ALPHA,
                        BETA,
                        at.of(operands.get(0)),
                        at.of(operands.get(1)),
                        at.of(operands.get(2)),
                        at.of(dx)));
        assertGradient(trial, op, operands.get(1), operands.get(2), dx);
      }
    }
  }

  @OnEveryDevice
  void arithmeticIsTheReferences(Device device) {
    for (BinaryOp op : BinaryOp.values()) {
      for (BroadcastGeometry g : BROADCASTS) {
        var trial = new Trial(device, op + " " + g);
        var a = trial.input("a", product(g.a()));
        var b = trial.input("b", trial.uniform(product(g.b()), 0.25, 4));
        var y = trial.output("y", product(g.output()));
        trial.run(
            (kernels, at) -> kernels.elementwise().binary(op, g, at.of(a), at.of(b), at.of(y)));
        trial.assertClose(y, 2);
      }
    }
  }

  @OnEveryDevice
  void arithmeticWorksInPlaceOfEitherOperand(Device device) {
    for (BinaryOp op : BinaryOp.values()) {
      for (BroadcastGeometry g : BROADCASTS) {
        var trial = new Trial(device, op + " in place " + g);
        var a = trial.updated("a", trial.normal(product(g.a())));
        var b = trial.updated("b", trial.uniform(product(g.b()), 0.25, 4));
        for (Operand y : List.of(a, b)) {
          if (y.length() == product(g.output())) {
            trial.run(
                (kernels, at) -> kernels.elementwise().binary(op, g, at.of(a), at.of(b), at.of(y)));
            trial.assertClose(y, 2);
          }
        }
      }
    }
  }

  @OnEveryDevice
  void fillReachesEveryElement(Device device) {
    for (int length : LENGTHS) {
      for (float value : new float[] {0, -1.5f, Float.NEGATIVE_INFINITY}) {
        var trial = new Trial(device, "fill");
        var y = trial.output("y", length);
        trial.run((kernels, at) -> kernels.elementwise().fill(at.of(y), value)).assertSame(y);
      }
    }
  }

  private static void assertFunction(Trial trial, UnaryOp op, Operand x, Operand y) {
    double[] truth = trial.expected(y);
    double slack =
        switch (op) {
          case TANH, SIGMOID, SOFTPLUS, LOG -> 4; // of 1: near 0 they come from a difference
          case LINEAR -> 2; // of beta and of alpha x, which may cancel
          default -> 0;
        };
    trial.assertWithin(
        y,
        i -> {
          double scale = op == UnaryOp.LINEAR ? 1 + Math.abs(ALPHA * x.before()[i]) : 1;
          return Tolerance.ROUNDING * (ROUNDINGS * Math.abs(truth[i]) + slack * scale);
        });
  }

  private static void assertGradient(Trial trial, UnaryOp op, Operand y, Operand dy, Operand dx) {
    double[] truth = trial.expected(dx);
    // 1 - y y and y (1 - y) come from a difference, and y is rounded to its type.
    double slack =
        op == UnaryOp.TANH || op == UnaryOp.SIGMOID
            ? 4 * Tolerance.ROUNDING + 2 * Tolerance.storage(y.type())
            : 0;
    trial.assertWithin(
        dx,
        i ->
            ROUNDINGS * Tolerance.ROUNDING * Math.abs(truth[i])
                + slack * Math.abs(dy.before()[i])
                // exp and sqrt may be taken from x or from y, which is rounded
                + 2 * Tolerance.storage(y.type()) * Math.abs(truth[i]));
  }

  /** Numbers inside the function's domain, its kink included. */
  private static double[] inputs(Trial trial, UnaryOp op, int length) {
    double[] values =
        switch (op) {
          case LOG, SQRT -> trial.uniform(length, 1e-3, 5);
          default -> trial.uniform(length, -6, 6);
        };
    if (op != UnaryOp.LOG && op != UnaryOp.SQRT) {
      values[length / 2] = 0;
    }
    return values;
  }

  /** The function's values, from the reference. */
  private static double[] forward(Device device, UnaryOp op, double[] values) {
    var trial = new Trial(device.onReference(), op);
    var x = trial.input("x", values);
    var y = trial.output("y", values.length);
    trial.run((kernels, at) -> kernels.elementwise().unary(op, ALPHA, BETA, at.of(x), at.of(y)));
    return trial.expected(y);
  }

  private static long product(List<Integer> sizes) {
    return sizes.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  private static BroadcastGeometry geometry(List<Integer> a, List<Integer> b) {
    return new BroadcastGeometry(a, b);
  }
}
