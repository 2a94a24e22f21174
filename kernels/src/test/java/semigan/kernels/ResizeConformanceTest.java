package semigan.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import semigan.kernels.ResizeGeometry.Method;

class ResizeConformanceTest {
  /** Batch, height and width in, channels, height and width out. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1, 1, 1},
    {2, 1, 1, 3, 5, 4},
    {2, 5, 7, 3, 1, 1},
    {1, 4, 4, 33, 8, 8},
    {1, 8, 8, 31, 4, 4},
    {2, 28, 28, 1, 32, 32},
    {1, 32, 32, 3, 28, 28},
    {1, 7, 5, 2, 7, 5},
    {1, 3, 9, 1, 11, 4},
    {1, 257, 3, 1, 31, 33},
    {1, 31, 3, 1, 255, 2},
  };

  @OnEveryDevice
  void nearestIsTheReferences(Device device) {
    for (ResizeGeometry g : geometries()) {
      var trial = new Trial(device, g);
      var x = trial.input("x", inputLength(g));
      var y = trial.output("y", outputLength(g));
      trial.run((kernels, at) -> kernels.resize().forward(g, Method.NEAREST, at.of(x), at.of(y)));
      trial.assertSame(y);
    }
  }

  @OnEveryDevice
  void gradientOfNearestIsTheReferences(Device device) {
    for (ResizeGeometry g : geometries()) {
      var trial = new Trial(device, g);
      var dy = trial.input("dy", outputLength(g));
      var dx = trial.output("dx", inputLength(g));
      trial.run(
          (kernels, at) -> kernels.resize().backward(g, Method.NEAREST, at.of(dy), at.of(dx)));
      trial.assertSums(dx, terms(g));
    }
  }

  /** Where a position is the border of two pixels, rounded numbers find another than exact ones. */
  @OnEveryDevice
  void gradientOfNearestCountsEveryOutputOnce(Device device) {
    for (int[] sizes : new int[][] {{28, 2}, {42, 3}, {56, 4}, {60, 2}, {28, 57}, {14, 57}}) {
      var g = new ResizeGeometry(1, sizes[0], 1, 1, sizes[1], 1);
      var trial = new Trial(device, g);
      var dy = trial.input("dy", Trial.values(outputLength(g), i -> i + 1));
      var dx = trial.output("dx", inputLength(g));
      trial.run(
          (kernels, at) -> kernels.resize().backward(g, Method.NEAREST, at.of(dy), at.of(dx)));
      trial.assertSame(dx);
    }
  }

  @OnEveryDevice
  void bilinearIsTheReferences(Device device) {
    for (ResizeGeometry g : geometries()) {
      var trial = new Trial(device, g);
      var x = trial.input("x", inputLength(g));
      var y = trial.output("y", outputLength(g));
      trial.run((kernels, at) -> kernels.resize().forward(g, Method.BILINEAR, at.of(x), at.of(y)));
      double tolerance = shares(g) * largest(x);
      trial.assertWithin(y, i -> tolerance);
    }
  }

  @OnEveryDevice
  void gradientOfBilinearIsTheReferences(Device device) {
    for (ResizeGeometry g : geometries()) {
      var trial = new Trial(device, g);
      var dy = trial.input("dy", outputLength(g));
      var dx = trial.output("dx", inputLength(g));
      trial.run(
          (kernels, at) -> kernels.resize().backward(g, Method.BILINEAR, at.of(dy), at.of(dx)));
      double tolerance = (shares(g) * 4 + Tolerance.sum(terms(g))) * terms(g) * largest(dy);
      trial.assertWithin(dx, i -> tolerance);
    }
  }

  /** The error of two weights multiplied: each is the fraction of a rounded position. */
  private static double shares(ResizeGeometry g) {
    return Tolerance.ROUNDING * (8 + 2 * (g.inHeight() + g.inWidth()));
  }

  /** How many outputs may look at one input. */
  private static double terms(ResizeGeometry g) {
    double rows = 2.0 * g.outHeight() / g.inHeight() + 1;
    double columns = 2.0 * g.outWidth() / g.inWidth() + 1;
    return rows * columns;
  }

  private static double largest(Operand x) {
    return Arrays.stream(x.before()).map(Math::abs).max().orElseThrow();
  }

  private static List<ResizeGeometry> geometries() {
    List<ResizeGeometry> geometries = new ArrayList<>();
    for (int[] s : SIZES) {
      geometries.add(new ResizeGeometry(s[0], s[1], s[2], s[3], s[4], s[5]));
    }
    Random random = new Random(13);
    while (geometries.size() < SIZES.length + 16) {
      geometries.add(
          new ResizeGeometry(
              1 + random.nextInt(3),
              1 + random.nextInt(12),
              1 + random.nextInt(12),
              1 + random.nextInt(9),
              1 + random.nextInt(20),
              1 + random.nextInt(20)));
    }
    return geometries;
  }

  private static long inputLength(ResizeGeometry g) {
    return (long) g.batch() * g.inHeight() * g.inWidth() * g.channels();
  }

  private static long outputLength(ResizeGeometry g) {
    return (long) g.batch() * g.outHeight() * g.outWidth() * g.channels();
  }
}
