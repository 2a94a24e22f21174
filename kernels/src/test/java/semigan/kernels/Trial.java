package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;
import semigan.kernels.Placed.Layout;

/**
 * One kernel call on a device, beside the same call on the reference. {@link #run} makes it on
 * operands that are surrounded by canaries, with outputs full of NaN, twice (the bits must agree)
 * and once more at an odd alignment, and sees that the inputs are as they were. The reference gets
 * the same inputs and keeps its outputs in F64, so that it is not rounded.
 */
final class Trial {
  /** The call under test. */
  interface Call {
    void on(Backend backend, Placement at);
  }

  /** Where the operands lie for one execution of the call. */
  interface Placement {
    Buffer of(Operand operand);
  }

  private final Device device;
  private final Backend backend;
  private final String label;
  private final Random random = new Random(20160610);
  private final List<Operand> operands = new ArrayList<>();
  private final Map<Layout, Map<Operand, double[]>> actual = new LinkedHashMap<>();
  private Call call;
  private Map<Operand, double[]> expected;
  private Map<Operand, double[]> magnitudes;

  /**
   * @param what is tried, for messages: mostly the geometry
   */
  Trial(Device device, Object what) {
    this.device = device;
    this.backend = device.backend();
    this.label = device + ": " + what;
  }

  /** An input of normal numbers, stored in the device's type. */
  Operand input(String name, long length) {
    return input(name, normal(length));
  }

  /** An input in the device's type. */
  Operand input(String name, double... values) {
    return add(name, device.type(), values, false);
  }

  /** An input that is F32 whatever the device's type. */
  Operand single(String name, double... values) {
    return add(name, DType.F32, values, false);
  }

  Operand integers(String name, int... values) {
    return add(name, DType.I32, Arrays.stream(values).asDoubleStream().toArray(), false);
  }

  /** An output in the device's type. */
  Operand output(String name, long length) {
    return output(name, device.type(), length);
  }

  Operand output(String name, DType type, long length) {
    double[] nothing = new double[(int) length];
    Arrays.fill(nothing, Double.NaN);
    return add(name, type, nothing, true);
  }

  /** Updated in place, in the device's type. */
  Operand updated(String name, double... values) {
    return updated(name, device.type(), values);
  }

  Operand updated(String name, DType type, double... values) {
    return add(name, type, values, true);
  }

  double[] normal(long length) {
    return values(length, i -> random.nextGaussian());
  }

  double[] uniform(long length, double low, double high) {
    return values(length, i -> low + (high - low) * random.nextDouble());
  }

  /** Whole numbers in {@code [0, bound)}. */
  int[] below(int bound, long length) {
    return random.ints(length, 0, bound).toArray();
  }

  static double[] values(long length, IntToDoubleFunction value) {
    double[] values = new double[(int) length];
    Arrays.setAll(values, value);
    return values;
  }

  Trial run(Call call) {
    this.call = call;
    expected = execute(Device.reference(), Layout.ALIGNED, true, operand -> operand);
    for (Layout layout : Layout.values()) {
      actual.put(layout, execute(backend, layout, false, operand -> operand));
    }
    var again = execute(backend, Layout.ALIGNED, false, operand -> operand);
    for (Operand operand : operands) {
      assertArrayEquals(
          actual.get(Layout.ALIGNED).get(operand),
          again.get(operand),
          () -> "%s: %s differs when called again".formatted(label, operand));
    }
    return this;
  }

  /** What the reference computes, unrounded. */
  double[] expected(Operand operand) {
    return expected.get(operand);
  }

  /** What the device computed. */
  double[] actual(Operand operand) {
    return actual.get(Layout.ALIGNED).get(operand);
  }

  /**
   * Each element is a sum of {@code terms} products of the inputs: within {@link Tolerance#sum} of
   * the sum of their magnitudes, which the reference computes from absolute inputs.
   */
  void assertSums(Operand operand, double terms) {
    if (magnitudes == null) {
      magnitudes = execute(Device.reference(), Layout.ALIGNED, true, Trial::magnitude);
    }
    double[] sums = magnitudes.get(operand);
    assertWithin(operand, i -> Tolerance.sum(terms) * sums[i]);
  }

  /** Within {@code roundings} relative ones, and any number below the smallest normal one. */
  void assertClose(Operand operand, double roundings) {
    double[] truth = expected(operand);
    assertWithin(operand, i -> roundings * Tolerance.ROUNDING * Math.abs(truth[i]));
  }

  /** The bits of the exact result, rounded once. */
  void assertSame(Operand operand) {
    double[] rounded = quantised(operand.type(), expected(operand));
    actual.forEach(
        (layout, results) ->
            assertArrayEquals(
                rounded,
                results.get(operand),
                () -> "%s: %s, %s".formatted(label, operand, layout)));
  }

  /** Within {@code tolerance} for each element, and the rounding of the result's own type. */
  void assertWithin(Operand operand, IntToDoubleFunction tolerance) {
    double[] truth = expected(operand);
    double storage = Tolerance.storage(operand.type());
    actual.forEach(
        (layout, results) -> {
          double[] found = results.get(operand);
          for (int i = 0; i < truth.length; i++) {
            double allowed =
                tolerance.applyAsDouble(i) + storage * Math.abs(truth[i]) + Tolerance.TINY;
            boolean same = Double.compare(truth[i], found[i]) == 0;
            if (!same && !(Math.abs(truth[i] - found[i]) <= allowed)) {
              fail(
                  "%s: %s of %s is %s at %d, expected %s within %.3g"
                      .formatted(label, layout, operand, found[i], i, truth[i], allowed));
            }
          }
        });
  }

  private Operand add(String name, DType type, double[] values, boolean written) {
    Operand operand = new Operand(name, type, quantised(type, values), written);
    operands.add(operand);
    return operand;
  }

  private Map<Operand, double[]> execute(
      Backend on, Layout layout, boolean wide, UnaryOperator<Operand> preparation) {
    long live = on.memory().live();
    Map<Operand, Placed> placed = new LinkedHashMap<>();
    for (Operand operand : operands) {
      DType type = wide && operand.type() != DType.I32 ? DType.F64 : operand.type();
      double[] before = preparation.apply(operand).before();
      placed.put(operand, new Placed(on, operand, type, before, layout));
    }
    Map<Operand, double[]> after = new LinkedHashMap<>();
    try {
      call.on(on, operand -> placed.get(operand).window());
      placed.forEach((operand, place) -> after.put(operand, place.read()));
    } finally {
      placed.values().forEach(Placed::release);
    }
    assertEquals(live, on.memory().live(), () -> label + ": live bytes after the call");
    for (Operand operand : operands) {
      if (!operand.written()) {
        assertArrayEquals(
            preparation.apply(operand).before(),
            after.get(operand),
            () -> "%s: input %s has changed".formatted(label, operand));
      }
    }
    return after;
  }

  private static Operand magnitude(Operand operand) {
    double[] sizes = Arrays.stream(operand.before()).map(Math::abs).toArray();
    return new Operand(operand.label(), operand.type(), sizes, operand.written());
  }

  /** As a device stores them: a round trip through memory of that type. */
  static double[] quantised(DType type, double[] values) {
    Backend reference = Device.reference();
    Buffer buffer = reference.allocate(type, values.length);
    double[] stored = new double[values.length];
    reference.write(values, 0, buffer);
    reference.read(buffer, stored, 0);
    reference.release(buffer);
    return stored;
  }
}
