package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import semigan.kernels.DType;

class LaunchPlanTest {
  private static final int MULTIPROCESSORS = 132;

  @Test
  void fewElementsGetAThreadEach() {
    for (long count : new long[] {1, 31, 255, 256, 257, 5003}) {
      LaunchPlan plan = LaunchPlan.elements(count, MULTIPROCESSORS);
      long threads = (long) plan.blocksX() * plan.threads();
      assertTrue(threads >= count && threads < count + plan.threads(), count + ": " + plan);
    }
  }

  @Test
  void manyElementsGetNoMoreThanTheGpuHolds() {
    for (long count : new long[] {1L << 31, (1L << 31) + 1, Long.MAX_VALUE}) {
      LaunchPlan plan = LaunchPlan.elements(count, MULTIPROCESSORS);
      assertTrue(plan.blocksX() > MULTIPROCESSORS, plan.toString());
      assertTrue((long) plan.blocksX() * plan.threads() <= 2048L * MULTIPROCESSORS);
    }
  }

  @Test
  void packsTakeFewerThreads() {
    assertEquals(5, LaunchPlan.packs(5000, DType.F32, MULTIPROCESSORS).blocksX());
    assertEquals(3, LaunchPlan.packs(5000, DType.BF16, MULTIPROCESSORS).blocksX());
    assertEquals(1, LaunchPlan.packs(1, DType.BF16, MULTIPROCESSORS).blocksX());
  }

  @Test
  void refusesWhatTheHardwareDoes() {
    assertThrows(IllegalArgumentException.class, () -> new LaunchPlan(0, 1, 32));
    assertThrows(IllegalArgumentException.class, () -> new LaunchPlan(1, 65_536, 32));
    assertThrows(IllegalArgumentException.class, () -> new LaunchPlan(1, 1, 33));
    assertThrows(IllegalArgumentException.class, () -> new LaunchPlan(1, 1, 2048));
  }
}
