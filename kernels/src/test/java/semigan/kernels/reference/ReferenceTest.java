package semigan.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import semigan.kernels.AugmentGeometry;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.MatmulGeometry;
import semigan.kernels.Pool2dGeometry;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.ResizeGeometry;
import semigan.kernels.ResizeGeometry.Method;

/** The truth of every other test, against numbers worked out by hand. */
class ReferenceTest {
  private final Backend backend = new ReferenceBackend();

  @Test
  void convolutionSlidesTheFilterOverThePaddedImage() {
    // one channel, 3x3 under a 2x2 filter, stride 2, one row of zeros above and one column left
    var g = new Conv2dGeometry(1, 3, 3, 1, 1, 2, 2, 2, 2, 1, 1, 0, 0);
    Buffer x = f64(1, 2, 3, 4, 5, 6, 7, 8, 9);
    Buffer w = f64(10, 20, 30, 40);
    Buffer y = f64(new double[4]);
    backend.conv().forward(g, x, w, y);
    holds(y, 40, 2 * 30 + 3 * 40, 4 * 20 + 7 * 40, 5 * 10 + 6 * 20 + 8 * 30 + 9 * 40);
    Buffer dx = f64(new double[9]);
    backend.conv().backwardInput(g, f64(1, 2, 3, 4), w, dx);
    holds(dx, 40, 60, 80, 60, 40, 80, 120, 120, 160);
    Buffer dw = f64(new double[4]);
    backend.conv().backwardWeight(g, x, f64(1, 2, 3, 4), dw);
    holds(dw, 4 * 5, 3 * 4 + 4 * 6, 2 * 2 + 4 * 8, 1 + 2 * 3 + 3 * 7 + 4 * 9);
  }

  @Test
  void filtersAreOutByHeightByWidthByIn() {
    var g = new Conv2dGeometry(1, 1, 2, 2, 2, 1, 2, 1, 1, 0, 0, 0, 0);
    Buffer y = f64(0, 0);
    backend.conv().forward(g, f64(1, 2, 3, 4), f64(1, 10, 100, 1000, 2, 20, 200, 2000), y);
    holds(y, 4321, 8642);
  }

  @Test
  void productsReadTransposedOperandsByColumns() {
    Buffer c = f64(0, 0);
    // [1 2 3; 4 5 6] [1; 10; 100]
    backend
        .gemm()
        .matmul(
            new MatmulGeometry(2, 1, 3, false, false), f64(1, 2, 3, 4, 5, 6), f64(1, 10, 100), c);
    holds(c, 321, 654);
    backend
        .gemm()
        .matmul(new MatmulGeometry(2, 1, 3, true, true), f64(1, 4, 2, 5, 3, 6), f64(1, 10, 100), c);
    holds(c, 321, 654);
  }

  @Test
  void normalisationUsesTheBiasedVarianceOfTheBatch() {
    Buffer y = f64(new double[4]);
    Buffer mean = f64(0, 0);
    Buffer variance = f64(0, 0);
    backend
        .norm()
        .batchNormForward(
            2, 2, 0, 1, f64(1, 10, 5, 10.5), f64(3, 1), f64(100, 0), y, mean, variance);
    holds(mean, 3, 10.25);
    holds(variance, 4, 0.0625);
    holds(y, 97, -1, 103, 1);
  }

  @Test
  void normalisationIsFollowedByTheActivation() {
    Buffer y = f64(new double[4]);
    Buffer mean = f64(0, 0);
    Buffer variance = f64(0, 0);
    Buffer x = f64(1, 10, 5, 10.5);
    backend.norm().batchNormForward(2, 2, 0, 0.25f, x, f64(3, 1), f64(1, 0), y, mean, variance);
    holds(y, -0.5, -0.25, 4, 1);
    backend
        .norm()
        .batchNormInference(2, 2, 0, 0.5f, x, f64(3, 1), f64(1, 0), f64(3, 10), f64(4, 1), y);
    holds(y, -1, 0, 4, 0.5);
  }

  @Test
  void reductionsKeepTheOtherAxesInOrder() {
    Buffer y = f64(0, 0, 0);
    backend.reduce().sum(new ReduceGeometry(List.of(2, 3), Set.of(0)), f64(1, 2, 3, 4, 5, 6), y);
    holds(y, 5, 7, 9);
    Buffer rows = f64(0, 0);
    backend
        .reduce()
        .max(new ReduceGeometry(List.of(2, 3), Set.of(1)), f64(1, 3, 2, -4, -5, -6), rows);
    holds(rows, 3, -4);
  }

  @Test
  void poolingIgnoresPadding() {
    var g = new Pool2dGeometry(1, 2, 2, 1, 2, 2, 1, 1, 1, 0, 0, 1);
    Buffer y = f64(new double[4]);
    backend.pool().averageForward(g, f64(-1, -2, -3, -6), y);
    holds(y, -1.5, -2, -3, -4);
    backend.pool().maxForward(g, f64(-1, -2, -3, -6), y);
    holds(y, -1, -2, -1, -2);
    Buffer dx = f64(new double[4]);
    backend.pool().maxBackward(g, f64(-1, -2, -3, -6), f64(1, 10, 100, 1000), dx);
    holds(dx, 101, 1010, 0, 0);
  }

  @Test
  void augmentationBrightensSpreadsMovesAndCuts() {
    var g = new AugmentGeometry(1, 1, 4, 1, 1, 1, 1, 0, 1, 1, 1);
    Buffer draws = f64(0.75, 0.1, 0.75, 0, 0.9, 0, 0.5);
    Buffer y = f64(new double[4]);
    // a quarter brighter, 1.25 times as far from the mean of 3.25, one to the right, without 2
    backend.augment().forward(g, draws, f64(1, 2, 3, 6), y);
    holds(y, 0, 0.75, 0, 3.25);
    // grey: each pixel is its mean
    var grey = new AugmentGeometry(1, 1, 2, 2, 0, 1, 0, 0, 0, 0, 0);
    backend.augment().forward(grey, f64(0, 0, 0, 0, 0, 0, 0), f64(1, 3, -2, 6), y);
    holds(y, 2, 2, 2, 2);
  }

  @Test
  void resizingFollowsPixelCentres() {
    Buffer wide = f64(new double[4]);
    backend
        .resize()
        .forward(new ResizeGeometry(1, 1, 2, 1, 1, 4), Method.BILINEAR, f64(0, 8), wide);
    holds(wide, 0, 2, 6, 8);
    Buffer narrow = f64(0, 0);
    backend
        .resize()
        .forward(new ResizeGeometry(1, 1, 5, 1, 1, 2), Method.NEAREST, f64(0, 1, 2, 3, 4), narrow);
    holds(narrow, 1, 3);
  }

  @Test
  void halfPrecisionRoundsToTheNearestAndTiesToEven() {
    double[] values = {
      1 + 0x1p-8, 1 + 3 * 0x1p-8, 1 + 0x1p-8 + 0x1p-20, -1 - 0x1p-9, 3.4e38, 0x1p-130, -0.0
    };
    Buffer buffer = backend.allocate(DType.BF16, values.length);
    backend.write(values, 0, buffer);
    holds(buffer, 1, 1 + 0x1p-6, 1 + 0x1p-7, -1, Double.POSITIVE_INFINITY, 0x1p-130, -0.0);
  }

  @Test
  void doublesAreKeptExactlyAndFloatsAreRounded() {
    holds(f64(Math.PI, 1e-300), Math.PI, 1e-300);
    Buffer single = backend.allocate(DType.F32, 1);
    backend.write(new double[] {Math.PI}, 0, single);
    holds(single, (float) Math.PI);
  }

  @Test
  void freshAndReleasedMemoryIsPoisoned() {
    Buffer buffer = backend.allocate(DType.F32, 3);
    holds(buffer, Double.NaN, Double.NaN, Double.NaN);
    backend.elementwise().fill(buffer, 1);
    backend.release(buffer);
    holds(buffer, Double.NaN, Double.NaN, Double.NaN);
    int[] word = new int[1];
    backend.read(backend.allocate(DType.I32, 1), word, 0);
    assertEquals(0x7FC00000, word[0]);
  }

  @Test
  void slicesAreNotReleasedAndArraysHaveAnEnd() {
    Buffer slice = backend.allocate(DType.F32, 8).slice(2, 3);
    var error = assertThrows(IllegalStateException.class, () -> backend.release(slice));
    assertTrue(error.getMessage().contains("slice"), error.getMessage());
    long length = 1L + Integer.MAX_VALUE;
    assumeTrue(backend.memory().budget() > 2 * length, "a budget that holds more than an array");
    long live = backend.memory().live();
    assertThrows(IllegalArgumentException.class, () -> backend.allocate(DType.BF16, length));
    assertEquals(live, backend.memory().live());
  }

  @Test
  void whatTheHeapRefusesIsNotCounted() {
    long length = Runtime.getRuntime().maxMemory() / Double.BYTES + 1;
    assumeTrue(length < Integer.MAX_VALUE - 8, "a heap that holds the longest array");
    assertThrows(OutOfMemoryError.class, () -> backend.allocate(DType.BF16, length));
    assertEquals(0, backend.memory().live());
  }

  private Buffer f64(double... values) {
    Buffer buffer = backend.allocate(DType.F64, values.length);
    backend.write(values, 0, buffer);
    return buffer;
  }

  private void holds(Buffer buffer, double... values) {
    double[] read = new double[(int) buffer.length()];
    backend.read(buffer, read, 0);
    assertArrayEquals(values, read);
  }
}
