package semigan.gan.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Precision and recall, density and coverage. */
class SupportTest {
  private final Features real = Clouds.modes(300, 8, 10, 0.25, 1);

  @Test
  void agreeWithTheirDefinitions() {
    Features generated = Clouds.modes(190, 8, 6, 0.375, 2);
    double[][] a = Clouds.rows(real);
    double[][] b = Clouds.rows(generated);
    PrecisionRecall precisionRecall = PrecisionRecall.of(real, generated);
    assertEquals(shareWithin(b, a), precisionRecall.precision(), 1e-6);
    assertEquals(shareWithin(a, b), precisionRecall.recall(), 1e-6);
    DensityCoverage densityCoverage = DensityCoverage.of(real, generated);
    double[] balls = new double[a.length];
    Arrays.setAll(
        balls, i -> Arrays.stream(b).filter(y -> distance(a[i], y) <= radius(a, i, 5)).count());
    assertEquals(Arrays.stream(balls).sum() / 5 / b.length, densityCoverage.density(), 1e-6);
    assertEquals(
        (double) Arrays.stream(balls).filter(n -> n > 0).count() / a.length,
        densityCoverage.coverage(),
        1e-6);
    assertTrue(precisionRecall.precision() > 0.05 && precisionRecall.precision() < 0.95);
    assertTrue(densityCoverage.coverage() > 0.05 && densityCoverage.coverage() < 0.95);
  }

  @Test
  void identicalSetsLieWithinEachOther() {
    PrecisionRecall precisionRecall = PrecisionRecall.of(real, real);
    assertEquals(1, precisionRecall.precision());
    assertEquals(1, precisionRecall.recall());
    DensityCoverage densityCoverage = DensityCoverage.of(real, real);
    assertEquals(1.2, densityCoverage.density(), 1e-12, "its k neighbours and itself, of k");
    assertEquals(1, densityCoverage.coverage());
  }

  /** A collapsed generator's images are at no distance from each other. */
  @Test
  void oneImageDrawnAgainAndAgainIsPreciseAndCoversNothing() {
    Features one = real.rows(0, 1);
    float[] copies = new float[300 * 8];
    for (int i = 0; i < 300; i++) {
      System.arraycopy(one.values(), 0, copies, 8 * i, 8);
    }
    Features collapsed = new Features(copies, 300, 8);
    assertEquals(1, PrecisionRecall.of(real, collapsed).precision());
    assertEquals(1.0 / 300, PrecisionRecall.of(real, collapsed).recall(), 1e-12);
    assertTrue(DensityCoverage.of(real, collapsed).coverage() < 0.1);
  }

  @Test
  void droppedModesLoseRecallAndCoverageAlone() {
    Features whole = Clouds.modes(300, 8, 10, 0.25, 3);
    Features dropped = Clouds.modes(300, 8, 5, 0.25, 4);
    assertTrue(PrecisionRecall.of(real, whole).recall() > 0.7);
    assertTrue(PrecisionRecall.of(real, dropped).recall() < 0.55);
    assertEquals(
        PrecisionRecall.of(real, whole).precision(),
        PrecisionRecall.of(real, dropped).precision(),
        0.15);
    assertTrue(DensityCoverage.of(real, whole).coverage() > 0.9);
    assertTrue(DensityCoverage.of(real, dropped).coverage() < 0.55);
    assertEquals(1, DensityCoverage.of(real, whole).density(), 0.15);
  }

  @Test
  void blurredImagesLosePrecisionAndDensity() {
    Features whole = Clouds.modes(300, 8, 10, 0.25, 3);
    Features blurred = Clouds.modes(300, 8, 10, 0.5, 4);
    Features moreBlurred = Clouds.modes(300, 8, 10, 1, 5);
    double[] precision = new double[3];
    double[] density = new double[3];
    Features[] sets = {whole, blurred, moreBlurred};
    for (int i = 0; i < 3; i++) {
      precision[i] = PrecisionRecall.of(real, sets[i]).precision();
      density[i] = DensityCoverage.of(real, sets[i]).density();
    }
    assertTrue(precision[0] > precision[1] && precision[1] > precision[2]);
    assertTrue(density[0] > density[1] && density[1] > density[2]);
  }

  @Test
  void tooFewImagesAreRefused() {
    Features three = real.rows(0, 3);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> PrecisionRecall.of(real, three))
            .getMessage()
            .contains("300 real and 3 generated images, expected at least 4 of each"));
    assertThrows(IllegalArgumentException.class, () -> DensityCoverage.of(real.rows(0, 5), real));
  }

  private static double shareWithin(double[][] points, double[][] set) {
    return Arrays.stream(points)
        .mapToDouble(
            point -> {
              for (int i = 0; i < set.length; i++) {
                if (distance(point, set[i]) <= radius(set, i, 3)) {
                  return 1;
                }
              }
              return 0;
            })
        .average()
        .orElseThrow();
  }

  /** To the k-th neighbour: the nearest of all is the point itself. */
  private static double radius(double[][] set, int i, int k) {
    return Arrays.stream(set)
        .mapToDouble(x -> distance(set[i], x))
        .sorted()
        .skip(k)
        .findFirst()
        .orElseThrow();
  }

  private static double distance(double[] x, double[] y) {
    double sum = 0;
    for (int k = 0; k < x.length; k++) {
      sum += Math.pow(x[k] - y[k], 2);
    }
    return Math.sqrt(sum);
  }
}
