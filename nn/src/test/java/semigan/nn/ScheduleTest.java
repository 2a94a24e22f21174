package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void constantIsOneThroughout() {
    check(Schedule.constant(), 1, 1, 1, 1, 1);
  }

  @Test
  void linearFallsFromWhereItIsToldToZero() {
    check(Schedule.linearAfter(0.5), 1, 1, 1, 0.5, 0);
    check(Schedule.linearAfter(0), 1, 0.75, 0.5, 0.25, 0);
  }

  @Test
  void cosineFallsFromOneToZero() {
    double quarter = 0.5 + Math.sqrt(0.125);
    check(Schedule.cosine(), 1, quarter, 0.5, 1 - quarter, 0);
  }

  @Test
  void warmingUpRisesToTheScheduleItself() {
    check(Schedule.constant().withWarmUp(0.5), 0, 0.5, 1, 1, 1);
    check(Schedule.linearAfter(0).withWarmUp(0.5), 0, 0.375, 0.5, 0.25, 0);
  }

  @Test
  void afterTheEndNothingIsNegative() {
    assertEquals(0, Schedule.linearAfter(0.5).factor(1.01));
  }

  @Test
  void whatWouldDivideByZeroIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Schedule.linearAfter(1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.linearAfter(-0.1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant().withWarmUp(0));
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant().withWarmUp(1.1));
  }

  /** The factors at progress 0, 1/4, 1/2, 3/4 and 1. */
  private static void check(Schedule schedule, double... factors) {
    for (int i = 0; i < factors.length; i++) {
      assertEquals(factors[i], schedule.factor(i / 4.0), 1e-6, "at " + i + "/4");
    }
  }
}
