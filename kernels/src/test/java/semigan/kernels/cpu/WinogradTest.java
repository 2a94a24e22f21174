package semigan.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;

class WinogradTest {
  private final Random random = new Random(1);

  static Stream<Winograd> forms() {
    return Stream.of(new WinogradF42(), new WinogradF22());
  }

  private interface Transform {
    void run(float[][][] d, int length);
  }

  /** One element in each of the first rows and columns, zeros in the others. */
  private float[][][] tile(Winograd form, int extent) {
    float[][][] tile = new float[form.points()][form.points()][1];
    for (int r = 0; r < extent; r++) {
      for (int c = 0; c < extent; c++) {
        tile[r][c][0] = (float) random.nextGaussian();
      }
    }
    return tile;
  }

  private static float[][][] copy(float[][][] tile) {
    float[][][] copy = new float[tile.length][tile.length][];
    for (int r = 0; r < tile.length; r++) {
      for (int c = 0; c < tile.length; c++) {
        copy[r][c] = tile[r][c].clone();
      }
    }
    return copy;
  }

  @ParameterizedTest
  @MethodSource("forms")
  void productsAtThePointsAreTheFiltersSums(Winograd form) {
    float[][][] inputs = tile(form, form.points());
    float[][][] taps = tile(form, Winograd.TAPS);
    float[][][] v = copy(inputs);
    float[][][] u = copy(taps);
    form.input(v, 1);
    form.filter(u, 1);
    float[][][] y = tile(form, 0);
    for (int r = 0; r < form.points(); r++) {
      for (int c = 0; c < form.points(); c++) {
        y[r][c][0] = u[r][c][0] * v[r][c][0];
      }
    }
    form.output(y, 1);
    for (int r = 0; r < form.outputs(); r++) {
      for (int c = 0; c < form.outputs(); c++) {
        double sum = 0;
        for (int i = 0; i < Winograd.TAPS; i++) {
          for (int j = 0; j < Winograd.TAPS; j++) {
            sum += (double) taps[i][j][0] * inputs[r + i][c + j][0];
          }
        }
        assertEquals(sum, y[r][c][0], 1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void theBackwardsAreTheAdjoints(Winograd form) {
    assertAdjoint(form, form.points(), form::input, form.points(), form::inputBackward);
    assertAdjoint(form, form.points(), form::output, form.outputs(), form::outputBackward);
    assertAdjoint(form, Winograd.TAPS, form::filter, form.points(), form::filterBackward);
  }

  /** {@code <T x, y> = <x, T' y>}. */
  private void assertAdjoint(
      Winograd form, int inputs, Transform forward, int outputs, Transform backward) {
    float[][][] x = tile(form, inputs);
    float[][][] y = tile(form, outputs);
    float[][][] there = copy(x);
    float[][][] back = copy(y);
    forward.run(there, 1);
    backward.run(back, 1);
    assertEquals(dot(there, y, outputs), dot(x, back, inputs), 1e-4);
  }

  private static double dot(float[][][] a, float[][][] b, int extent) {
    double sum = 0;
    for (int r = 0; r < extent; r++) {
      for (int c = 0; c < extent; c++) {
        sum += (double) a[r][c][0] * b[r][c][0];
      }
    }
    return sum;
  }

  @Test
  void tilesMustBeFullAndWorthTheirFilter() {
    try (Workers workers = new Workers(1)) {
      var large = new WinogradConv(new WinogradF42(), 1024, null, workers, null, null);
      var small = new WinogradConv(new WinogradF22(), 32, null, workers, null, null);
      assertTrue(large.takes(halving(64, 8, 16), DType.F32));
      assertFalse(large.takes(halving(63, 8, 16), DType.F32));
      assertTrue(small.takes(halving(2, 8, 16), DType.F32));
      assertFalse(small.takes(halving(1, 8, 16), DType.F32));
      // 6x6 outputs are nine tiles of 2x2, but little more than half of four tiles of 4x4
      assertFalse(large.takes(halving(100, 12, 16), DType.F32));
      assertTrue(small.takes(halving(100, 12, 16), DType.F32));
      assertFalse(small.takes(halving(2, 8, 15), DType.F32));
      assertFalse(small.takes(halving(2, 8, 16), DType.BF16));
    }
  }

  /** Images to images half as large, 4x4 by 2. */
  private static Conv2dGeometry halving(int batch, int size, int channels) {
    return new Conv2dGeometry(batch, size, size, channels, 16, 4, 4, 2, 2, 1, 1, 1, 1);
  }
}
