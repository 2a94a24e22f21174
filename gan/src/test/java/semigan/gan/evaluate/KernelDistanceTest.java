package semigan.gan.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelDistanceTest {
  @Test
  void agreesWithItsDefinition() {
    Features real = Clouds.correlated(50, 5, 0, 1, 1);
    Features generated = Clouds.correlated(30, 5, 0.3, 1.4, 2);
    List<double[]> a = List.of(Clouds.rows(real));
    List<double[]> b = List.of(Clouds.rows(generated));
    double expected = definition(a, b);
    KernelDistance distance = KernelDistance.of(real, generated);
    assertEquals(expected, distance.value(), 1e-6 * expected);
    double half = 2.262157 * jackknife(a, b);
    assertEquals(expected - half, distance.low(), 1e-6 * expected);
    assertEquals(expected + half, distance.high(), 1e-6 * expected);
  }

  /** As many images as fill several strips, and no multiple of one. */
  @Test
  void agreesWithItsDefinitionOnMoreImagesThanAStripHolds() {
    Features real = Clouds.modes(301, 4, 10, 0.25, 1);
    Features generated = Clouds.modes(517, 4, 9, 0.25, 2);
    double expected = definition(List.of(Clouds.rows(real)), List.of(Clouds.rows(generated)));
    assertEquals(expected, KernelDistance.of(real, generated).value(), 1e-6 * Math.abs(expected));
  }

  /** The diagonal is left out, so that of a set and itself it is a little below 0. */
  @Test
  void identicalSetsGiveNoMoreThanNothing() {
    Features set = Clouds.modes(400, 8, 10, 0.25, 3);
    double worst = KernelDistance.of(set, Clouds.modes(400, 8, 5, 0.25, 4)).value();
    double same = KernelDistance.of(set, set).value();
    assertTrue(same <= 0 && same > -0.1 * worst, same + " beside " + worst);
  }

  @Test
  void theIntervalHoldsNothingWhereThereIsNothing() {
    int holds = 0;
    for (int seed = 0; seed < 40; seed++) {
      Features a = Clouds.correlated(200, 4, 0, 1, 2 * seed);
      Features b = Clouds.correlated(200, 4, 0, 1, 2 * seed + 1);
      KernelDistance distance = KernelDistance.of(a, b);
      holds += distance.low() <= 0 && distance.high() >= 0 ? 1 : 0;
    }
    assertTrue(holds >= 34, "held in " + holds + " of 40, expected 38");
  }

  @Test
  void worseImagesAreFartherByMoreThanTheInterval() {
    Features real = Clouds.modes(1000, 16, 10, 0.25, 4);
    KernelDistance floor = KernelDistance.of(real, Clouds.modes(1000, 16, 10, 0.25, 5));
    KernelDistance dropped = KernelDistance.of(real, Clouds.modes(1000, 16, 7, 0.25, 6));
    KernelDistance collapsed = KernelDistance.of(real, Clouds.modes(1000, 16, 2, 0.25, 7));
    KernelDistance blurred = KernelDistance.of(real, Clouds.modes(1000, 16, 10, 1, 8));
    assertTrue(floor.low() <= 0 && floor.high() >= 0, floor.toString());
    assertTrue(floor.high() < dropped.low(), floor + " " + dropped);
    assertTrue(dropped.high() < collapsed.low(), dropped + " " + collapsed);
    assertTrue(floor.high() < blurred.low(), floor + " " + blurred);
  }

  @Test
  void tooFewImagesAreRefused() {
    Features few = Clouds.correlated(19, 3, 0, 1, 1);
    String message =
        assertThrows(IllegalArgumentException.class, () -> KernelDistance.of(few, few))
            .getMessage();
    assertEquals("KID: 19 real and 19 generated images, expected at least 20 of each", message);
  }

  private static double definition(List<double[]> a, List<double[]> b) {
    return meanOfOthers(a) + meanOfOthers(b) - 2 * mean(a, b);
  }

  private static double meanOfOthers(List<double[]> set) {
    double sum = 0;
    for (int i = 0; i < set.size(); i++) {
      List<double[]> others = new ArrayList<>(set);
      others.remove(i);
      sum += mean(List.of(set.get(i)), others);
    }
    return sum / set.size();
  }

  private static double mean(List<double[]> a, List<double[]> b) {
    return a.stream().flatMapToDouble(x -> b.stream().mapToDouble(y -> kernel(x, y))).sum()
        / a.size()
        / b.size();
  }

  private static double kernel(double[] x, double[] y) {
    double product = 0;
    for (int k = 0; k < x.length; k++) {
      product += x[k] * y[k];
    }
    return Math.pow(product / x.length + 1, 3);
  }

  private static double jackknife(List<double[]> a, List<double[]> b) {
    double[] without = new double[10];
    for (int group = 0; group < 10; group++) {
      without[group] = definition(withoutTenth(a, group), withoutTenth(b, group));
    }
    double mean = Arrays.stream(without).average().orElseThrow();
    double squares = Arrays.stream(without).map(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(0.9 * squares);
  }

  private static List<double[]> withoutTenth(List<double[]> set, int tenth) {
    List<double[]> rest = new ArrayList<>(set);
    rest.subList(tenth * set.size() / 10, (tenth + 1) * set.size() / 10).clear();
    return rest;
  }
}
