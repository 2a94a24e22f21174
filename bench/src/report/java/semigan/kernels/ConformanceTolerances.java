package semigan.kernels;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the conformance tests allow, for a report about them. */
public final class ConformanceTolerances {
  private ConformanceTolerances() {}

  /** Relative errors by what they belong to. */
  public static Map<String, Double> byCase() {
    Map<String, Double> cases = new LinkedHashMap<>();
    for (int terms : new int[] {1, 100, 10_000}) {
      cases.put("F32 sum of %,d terms".formatted(terms), Tolerance.sum(terms));
    }
    for (DType type : new DType[] {DType.F32, DType.BF16}) {
      cases.put("storing a result in " + type, Tolerance.storage(type));
    }
    return cases;
  }
}
