package semigan.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class PoolConformanceTest {
  /** Batch, height, width, channels, kernel, stride, padding: top, left, bottom, right. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
    {2, 8, 8, 3, 2, 2, 2, 2, 0, 0, 0, 0},
    {3, 7, 9, 33, 3, 3, 2, 2, 1, 1, 1, 1},
    {1, 7, 7, 257, 7, 7, 1, 1, 0, 0, 0, 0},
    {2, 5, 6, 31, 3, 2, 1, 1, 0, 1, 2, 0},
    {2, 11, 10, 4, 2, 2, 3, 3, 0, 0, 0, 0},
    {1, 9, 4, 1, 4, 3, 2, 1, 3, 0, 1, 2},
    {1, 1, 33, 32, 1, 5, 1, 2, 0, 4, 0, 4},
    {1, 2, 2, 3, 3, 3, 2, 2, 1, 1, 1, 1},
  };

  @OnEveryDevice
  void averageIsTheReferences(Device device) {
    for (Pool2dGeometry g : geometries()) {
      var trial = new Trial(device, g);
      var x = trial.input("x", inputLength(g));
      var y = trial.output("y", outputLength(g));
      trial.run((kernels, at) -> kernels.pool().averageForward(g, at.of(x), at.of(y)));
      trial.assertSums(y, window(g));
    }
  }

  @OnEveryDevice
  void gradientOfTheAverageIsTheReferences(Device device) {
    for (Pool2dGeometry g : geometries()) {
      var trial = new Trial(device, g);
      var dy = trial.input("dy", outputLength(g));
      var dx = trial.output("dx", inputLength(g));
      trial.run((kernels, at) -> kernels.pool().averageBackward(g, at.of(dy), at.of(dx)));
      trial.assertSums(dx, window(g));
    }
  }

  @OnEveryDevice
  void maximumIsTheReferences(Device device) {
    for (Pool2dGeometry g : geometries()) {
      var trial = new Trial(device, g);
      // all negative: padding that takes part as 0 shows
      var x = trial.input("x", trial.uniform(inputLength(g), -3, -1));
      var y = trial.output("y", outputLength(g));
      trial.run((kernels, at) -> kernels.pool().maxForward(g, at.of(x), at.of(y))).assertSame(y);
    }
  }

  @OnEveryDevice
  void gradientOfTheMaximumGoesToTheFirstOfTies(Device device) {
    for (Pool2dGeometry g : geometries()) {
      var trial = new Trial(device, g);
      int[] levels = trial.below(3, inputLength(g));
      var x = trial.input("x", Trial.values(levels.length, i -> levels[i] - 4));
      var dy = trial.input("dy", outputLength(g));
      var dx = trial.output("dx", inputLength(g));
      trial.run((kernels, at) -> kernels.pool().maxBackward(g, at.of(x), at.of(dy), at.of(dx)));
      double largest = 4; // of the normal numbers in dy
      trial.assertWithin(dx, i -> Tolerance.sum(window(g)) * window(g) * largest);
    }
  }

  private static List<Pool2dGeometry> geometries() {
    List<Pool2dGeometry> geometries = new ArrayList<>();
    for (int[] s : SIZES) {
      geometries.add(
          new Pool2dGeometry(
              s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11]));
    }
    Random random = new Random(11);
    while (geometries.size() < SIZES.length + 16) {
      int height = 1 + random.nextInt(4);
      int width = 1 + random.nextInt(4);
      geometries.add(
          new Pool2dGeometry(
              1 + random.nextInt(3),
              height + random.nextInt(9),
              width + random.nextInt(9),
              1 + random.nextInt(20),
              height,
              width,
              1 + random.nextInt(3),
              1 + random.nextInt(3),
              random.nextInt(height),
              random.nextInt(width),
              random.nextInt(height),
              random.nextInt(width)));
    }
    return geometries;
  }

  private static long inputLength(Pool2dGeometry g) {
    return (long) g.batch() * g.inHeight() * g.inWidth() * g.channels();
  }

  private static long outputLength(Pool2dGeometry g) {
    return (long) g.batch() * g.outHeight() * g.outWidth() * g.channels();
  }

  private static int window(Pool2dGeometry g) {
    return g.kernelHeight() * g.kernelWidth();
  }
}
