package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;

class AugmentConformanceTest {
  private static final List<AugmentGeometry> GEOMETRIES =
      List.of(
          new AugmentGeometry(1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
          new AugmentGeometry(3, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1),
          new AugmentGeometry(23, 8, 8, 3, 1, 1, 1, 1, 1, 4, 4),
          new AugmentGeometry(4, 7, 9, 1, 0.5f, 0, 1, 3, 0, 3, 5),
          new AugmentGeometry(29, 5, 4, 4, 0, 1, 0, 7, 5, 0, 3),
          new AugmentGeometry(2, 31, 33, 3, 1, 2, 1, 4, 4, 15, 16),
          new AugmentGeometry(2, 3, 2, 257, 1, 1, 1, 1, 1, 9, 9));

  @OnEveryDevice
  void imagesAreTheReferences(Device device) {
    for (AugmentGeometry g : GEOMETRIES) {
      var trial = new Trial(device, g);
      var draws = trial.single("draws", draws(trial, g));
      var x = trial.input("x", length(g));
      var y = trial.output("y", length(g));
      trial.run((kernels, at) -> kernels.augment().forward(g, at.of(draws), at.of(x), at.of(y)));
      assertImages(trial, g, x, y);
    }
  }

  @OnEveryDevice
  void gradientsAreTheReferences(Device device) {
    for (AugmentGeometry g : GEOMETRIES) {
      var trial = new Trial(device, g);
      var draws = trial.single("draws", draws(trial, g));
      var dy = trial.input("dy", length(g));
      var dx = trial.output("dx", length(g));
      trial.run((kernels, at) -> kernels.augment().backward(g, at.of(draws), at.of(dy), at.of(dx)));
      assertImages(trial, g, dy, dx);
    }
  }

  /** Each draw at both ends of its range, where a rounding could reach one position too far. */
  @OnEveryDevice
  void movesAndBoxesReachTheirEnds(Device device) {
    var g = new AugmentGeometry(4, 5, 7, 2, 0, 0, 0, 3, 2, 2, 3);
    double end = 1 - 0x1p-24;
    var trial = new Trial(device, "ends");
    var draws =
        trial.single(
            "draws",
            Trial.values(
                4 * AugmentGeometry.DRAWS,
                i -> {
                  int image = i / AugmentGeometry.DRAWS;
                  return switch (i % AugmentGeometry.DRAWS) {
                    case 3, 6 -> image % 2 * end;
                    case 4, 5 -> image / 2 * end;
                    default -> 0.5;
                  };
                }));
    var x = trial.input("x", length(g));
    var y = trial.output("y", length(g));
    trial
        .run((kernels, at) -> kernels.augment().forward(g, at.of(draws), at.of(x), at.of(y)))
        .assertSame(y);
  }

  @OnEveryDevice
  void strengthsOfZeroLeaveAnImageAsItIs(Device device) {
    var g = new AugmentGeometry(3, 5, 4, 3, 0, 0, 0, 0, 0, 0, 0);
    var trial = new Trial(device, g);
    var draws = trial.single("draws", draws(trial, g));
    var x = trial.input("x", length(g));
    var y = trial.output("y", length(g));
    trial.run((kernels, at) -> kernels.augment().forward(g, at.of(draws), at.of(x), at.of(y)));
    assertArrayEquals(x.before(), trial.actual(y));
  }

  /** A mean over the image, which is halved at most; all else is a handful of roundings. */
  private static void assertImages(Trial trial, AugmentGeometry g, Operand x, Operand y) {
    double largest = Arrays.stream(x.before()).map(Math::abs).max().orElseThrow();
    double magnitude = 4 * largest + g.brightness();
    double tolerance =
        Tolerance.sum(g.imageLength()) * largest / 2
            + (Tolerance.sum(g.channels()) + 8 * Tolerance.ROUNDING) * magnitude;
    trial.assertWithin(y, i -> tolerance);
  }

  private static double[] draws(Trial trial, AugmentGeometry g) {
    return trial.uniform((long) g.batch() * AugmentGeometry.DRAWS, 0, 1 - 0x1p-24);
  }

  private static long length(AugmentGeometry g) {
    return (long) g.batch() * g.imageLength();
  }
}
