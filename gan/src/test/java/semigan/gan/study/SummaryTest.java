package semigan.gan.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Against values from printed tables of Student's t, and against integration of its density. */
class SummaryTest {
  @Test
  void meanDeviationAndMedianAreThoseOfTheSample() {
    Summary four = Summary.of(2, 4, 4, 10);
    assertEquals(4, four.count());
    assertEquals(5, four.mean());
    assertEquals(Math.sqrt((9 + 1 + 1 + 25) / 3.0), four.deviation(), 1e-12);
    assertEquals(4, four.median());
    assertEquals(7, Summary.of(9, 1, 7).median());
  }

  /** Tables give t(0.95) as 6.314 for 1, 2.353 for 3 and 1.833 for 9 degrees of freedom. */
  @Test
  void theBoundIsStudents() {
    assertBound(6.314, 0, 2);
    assertBound(2.353, 1, 2, 3, 4);
    assertBound(1.833, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  private static void assertBound(double t, double... values) {
    Summary summary = Summary.of(values);
    double margin = t * summary.deviation() / Math.sqrt(values.length);
    assertEquals(summary.mean() + margin, summary.upperBound(), 5e-4 * summary.deviation());
  }

  @Test
  void oneValueHasNoSpread() {
    Summary one = Summary.of(3);
    assertEquals(3, one.mean());
    assertTrue(Double.isNaN(one.deviation()) && Double.isNaN(one.upperBound()));
    assertThrows(IllegalArgumentException.class, Summary::of);
  }

  @Test
  void pairsAreTestedByTheirDifferences() {
    double[] first = {91, 100, 95, 88, 104};
    double[] second = {90, 96, 96, 81, 99};
    PairedTest test = PairedTest.of(first, second);
    // Differences 1, 4, -1, 7, 5: mean 3.2, deviation sqrt(40.8 / 4).
    assertEquals(3.2, test.differences().mean(), 1e-12);
    double t = 3.2 / (Math.sqrt(10.2) / Math.sqrt(5));
    assertEquals(t, test.t(), 1e-12);
    assertEquals(2 * upperTail(t, 4), test.p(), 1e-6);
    assertEquals(test.p(), PairedTest.of(second, first).p(), 1e-12);
    assertEquals(-test.t(), PairedTest.of(second, first).t(), 1e-12);
  }

  /** By Simpson's rule over u = 1 / (1 + x). */
  private static double upperTail(double from, int freedom) {
    double area = 0;
    double all = 0;
    int steps = 200_000;
    double split = 1 / (1 + from);
    for (int i = 1; i < steps; i++) {
      double weight = i % 2 == 0 ? 2 : 4;
      area += weight * density(split * i / steps, freedom) * split;
      all += weight * density((double) i / steps, freedom);
    }
    return area / all / 2;
  }

  private static double density(double u, int freedom) {
    double x = 1 / u - 1;
    return Math.pow(1 + x * x / freedom, -(freedom + 1) / 2.0) / (u * u);
  }

  @Test
  void whereNothingVariesNothingIsClaimed() {
    assertTrue(Double.isNaN(PairedTest.of(new double[] {5}, new double[] {3}).p()));
    assertTrue(Double.isNaN(PairedTest.of(new double[] {5, 6}, new double[] {4, 5}).p()));
    assertThrows(IllegalArgumentException.class, () -> PairedTest.of(new double[1], new double[2]));
  }
}
