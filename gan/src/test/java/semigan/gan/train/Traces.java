package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

/** Compares the losses of runs, step by step. */
final class Traces {
  private Traces() {}

  /**
   * Fails at the first loss that is further off than the tolerance.
   *
   * @param where what the message begins with
   */
  static void assertClose(
      String where, List<StepLosses> expected, List<StepLosses> found, float tolerance) {
    assertEquals(expected.size(), found.size(), where + ", steps");
    for (int i = 0; i < expected.size(); i++) {
      String step = "%s, step %d, ".formatted(where, i + 1);
      StepLosses a = expected.get(i);
      StepLosses b = found.get(i);
      assertEquals(a.labelled(), b.labelled(), tolerance, step + "labelled");
      assertEquals(a.real(), b.real(), tolerance, step + "real");
      assertEquals(a.fake(), b.fake(), tolerance, step + "fake");
      assertEquals(a.generator(), b.generator(), tolerance, step + "generator");
      assertEquals(a.regulariser(), b.regulariser(), tolerance, step + "regulariser");
    }
  }
}
