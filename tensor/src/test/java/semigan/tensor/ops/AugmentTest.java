package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;
import semigan.tensor.ops.Augment.Strength;

class AugmentTest {
  private static final Strength EVERYTHING =
      Strength.TRANSLATION.and(Strength.CUTOUT).and(Strength.COLOUR);

  /** Enough that an extreme of 1 in 25 is missed once in 10^17. */
  private static final int MANY = 1000;

  @RegisterExtension final TestDevice device = new TestDevice();

  static Stream<Strength> strengths() {
    return Stream.of(
        Strength.TRANSLATION,
        Strength.CUTOUT,
        Strength.COLOUR,
        EVERYTHING,
        new Strength(0.3f, 2, 0.5f, 1, 0.25f));
  }

  @ParameterizedTest
  @MethodSource("strengths")
  void sendsTheGradientBackThroughTheSameChanges(Strength strength) {
    GradientCheck.check(
        in -> Unary.square(Augment.augment(in.get(0), strength, random(2))),
        device.normal(Shape.of(3, 9, 7, 2)));
  }

  /** A step draws for real images and for generated ones; each gradient keeps to its own draws. */
  @Test
  void keepsTheGradientOfEachOfTwoDrawsApartAlsoAfterTheStep() {
    GradientCheck.check(
        in -> {
          RandomSource random = random(3);
          Tensor once = Augment.augment(in.get(0), EVERYTHING, random);
          Tensor twice = Augment.augment(Unary.square(once), EVERYTHING, random);
          random.advance();
          return twice;
        },
        device.normal(Shape.of(4, 8, 8, 1)));
  }

  /** Up to an eighth of 16 and of 9 pixels, rounded: 2 down and 1 to the right. */
  @Test
  void translationMovesByUpToAnEighthAndLetsZerosIn() {
    Shape shape = Shape.of(MANY, 16, 9, 1);
    HostArray y =
        HostArray.of(
            Augment.augment(
                device.tensor(shape, pixelNumbers(shape)), Strength.TRANSLATION, random(4)));
    boolean[] seen = new boolean[5 * 3];
    for (int n = 0; n < MANY; n++) {
      int centre = (int) y.at(n, 8, 4, 0) - 1; // where what is there now was
      int down = 8 - centre / 9;
      int right = 4 - centre % 9;
      seen[(down + 2) * 3 + right + 1] = true;
      for (int row = 0; row < 16; row++) {
        for (int column = 0; column < 9; column++) {
          int from = row - down;
          int left = column - right;
          boolean inside = from >= 0 && from < 16 && left >= 0 && left < 9;
          assertEquals(inside ? from * 9 + left + 1 : 0, y.at(n, row, column, 0));
        }
      }
    }
    for (boolean one : seen) {
      assertTrue(one, Arrays.toString(seen));
    }
  }

  /** 5 by 4 pixels of 9 by 7, less where it hangs over an edge. */
  @Test
  void cutoutSetsABoxOfHalfTheSizeToZero() {
    Tensor ones = device.uniform(Shape.of(MANY, 9, 7, 2), 1, 2);
    HostArray y = HostArray.of(Augment.augment(ones, Strength.CUTOUT, random(5)));
    HostArray x = HostArray.of(ones);
    int largest = 0;
    for (int n = 0; n < MANY; n++) {
      int top = 9, bottom = -1, left = 7, right = -1, zeros = 0;
      for (int i = 0; i < 9 * 7 * 2; i++) {
        int row = i / 14, column = i / 2 % 7;
        double value = y.at(n, row, column, i % 2);
        if (value == 0) {
          top = Math.min(top, row);
          bottom = Math.max(bottom, row);
          left = Math.min(left, column);
          right = Math.max(right, column);
          zeros++;
        } else {
          assertEquals(x.at(n, row, column, i % 2), value);
        }
      }
      int height = bottom - top + 1;
      int width = right - left + 1;
      assertTrue(height <= 5 && width <= 4, () -> "a box too large");
      assertEquals(2 * height * width, zeros, "a box, in all channels");
      largest = Math.max(largest, zeros);
    }
    assertEquals(2 * 5 * 4, largest);
  }

  /** With one channel it is {@code c x + (1 - c) mean + b}: the same line for all pixels. */
  @Test
  void colourChangesBrightnessAndContrastWithinTheirRanges() {
    Tensor x = device.normal(Shape.of(MANY, 3, 4, 1));
    HostArray before = HostArray.of(x);
    HostArray after = HostArray.of(Augment.augment(x, Strength.COLOUR, random(6)));
    double[] contrasts = new double[MANY];
    double[] brightnesses = new double[MANY];
    for (int n = 0; n < MANY; n++) {
      double mean = 0;
      double newMean = 0;
      for (int i = 0; i < 12; i++) {
        mean += before.at(n, i / 4, i % 4, 0) / 12;
        newMean += after.at(n, i / 4, i % 4, 0) / 12;
      }
      contrasts[n] = (after.at(n, 0, 0, 0) - newMean) / (before.at(n, 0, 0, 0) - mean);
      brightnesses[n] = newMean - mean;
      for (int i = 0; i < 12; i++) {
        double expected = newMean + contrasts[n] * (before.at(n, i / 4, i % 4, 0) - mean);
        assertEquals(expected, after.at(n, i / 4, i % 4, 0), 1e-9);
      }
    }
    assertUniform(0.5, 1.5, contrasts);
    assertUniform(-0.5, 0.5, brightnesses);
  }

  private static void assertUniform(double low, double high, double[] values) {
    double[] sorted = Arrays.stream(values).sorted().toArray();
    assertTrue(sorted[0] >= low - 1e-6 && sorted[MANY - 1] <= high + 1e-6, "range");
    double gap = 0; // between the empirical and the uniform distribution: Kolmogorov, Smirnov
    for (int i = 0; i < MANY; i++) {
      gap = Math.max(gap, Math.abs((i + 0.5) / MANY - (sorted[i] - low) / (high - low)));
    }
    assertTrue(gap < 2.2 / Math.sqrt(MANY), "distribution: gap " + gap); // 1 in 8,000
  }

  @Test
  void saturationMovesAPixelsChannelsApartAndKeepsTheirMean() {
    Tensor x = device.normal(Shape.of(2, 3, 4, 3));
    HostArray before = HostArray.of(x);
    var saturation = new Strength(0, 1, 0, 0, 0);
    HostArray after = HostArray.of(Augment.augment(x, saturation, random(7)));
    for (int n = 0; n < 2; n++) {
      double factor = difference(after, n, 0) / difference(before, n, 0);
      assertTrue(factor >= 0 && factor <= 2 && Math.abs(factor - 1) > 1e-3, "factor " + factor);
      for (int i = 0; i < 12; i++) {
        assertEquals(factor * difference(before, n, i), difference(after, n, i), 1e-9);
        assertEquals(sum(before, n, i), sum(after, n, i), 1e-9);
      }
    }
  }

  private static double difference(HostArray image, int n, int pixel) {
    return image.at(n, pixel / 4, pixel % 4, 0) - image.at(n, pixel / 4, pixel % 4, 2);
  }

  private static double sum(HostArray image, int n, int pixel) {
    return image.at(n, pixel / 4, pixel % 4, 0)
        + image.at(n, pixel / 4, pixel % 4, 1)
        + image.at(n, pixel / 4, pixel % 4, 2);
  }

  @Test
  void drawsAnewForEachImageCallAndStepAndTheSameFromTheSameSeed() {
    double[] one = device.normal(Shape.of(1, 8, 8, 1)).toDoubles();
    double[] two = new double[2 * one.length];
    System.arraycopy(one, 0, two, 0, one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    Tensor x = device.tensor(Shape.of(2, 8, 8, 1), two);
    RandomSource random = random(8);
    double[] first = Augment.augment(x, EVERYTHING, random).toDoubles();
    double[] second = Augment.augment(x, EVERYTHING, random).toDoubles();
    random.advance();
    double[] nextStep = Augment.augment(x, EVERYTHING, random).toDoubles();
    double[] image = Arrays.copyOf(first, one.length);
    assertFalse(Arrays.equals(image, Arrays.copyOfRange(first, one.length, first.length)));
    assertFalse(Arrays.equals(first, second));
    assertFalse(Arrays.equals(first, nextStep));
    assertArrayEquals(first, Augment.augment(x, EVERYTHING, random(8)).toDoubles());
  }

  /** So that a network without augmentation draws the numbers that it drew before. */
  @Test
  void nothingIsDrawnWhereNothingIsChanged() {
    Tensor x = device.normal(Shape.of(2, 3, 3, 1));
    RandomSource random = random(9);
    assertSame(x, Augment.augment(x, Strength.NONE, random));
    assertEquals(random(9).nextKey(), random.nextKey());
  }

  @Test
  void saysWhatDoesNotFit() {
    Tensor rows = device.normal(Shape.of(2, 3));
    for (Strength strength : List.of(EVERYTHING, Strength.NONE)) {
      assertRefused(
          () -> Augment.augment(rows, strength, random(1)),
          "augment: input must be [batch,height,width,channels] but has shape [2,3]");
    }
    Tensor x = device.normal(Shape.of(1, 2, 2, 1));
    try (Backend other = Backends.open("reference");
        Scope scope = Scope.open(other)) {
      RandomSource there = new RandomSource(scope.device(), 1);
      assertRefused(
          () -> Augment.augment(x, EVERYTHING, there),
          "augment: the input [1,2,2,1] is on reference but the random source on reference; make both on one");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -1   | 0        | 0   | 0   | 0    | brightness must be 0 or more but is -1.0; 0 leaves it out
          0    | Infinity | 0   | 0   | 0    | saturation must be 0 or more but is Infinity; 0 leaves it out
          0    | 0        | NaN | 0   | 0    | contrast must be 0 or more but is NaN; 0 leaves it out
          0    | 0        | 0   | 1.5 | 0    | translation must be a share of the image in [0, 1] but is 1.5; 0 leaves it out
          0    | 0        | 0   | 0   | -0.1 | cutout must be a share of the image in [0, 1] but is -0.1; 0 leaves it out
          """)
  void refusesStrengthsOutOfRange(float b, float s, float c, float t, float o, String message) {
    assertRefused(() -> new Strength(b, s, c, t, o), "augment: " + message);
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  /** From 1, so that none is like what comes in. */
  private static double[] pixelNumbers(Shape shape) {
    int image = shape.size(1) * shape.size(2);
    return HostArray.filled(shape, i -> (double) (i[1] * shape.size(2) + i[2]) % image + 1)
        .values();
  }

  private RandomSource random(long seed) {
    return new RandomSource(device.backend(), seed);
  }
}
