package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class DnnAlgorithmTest {
  private static final DnnAlgorithm FAST = new DnnAlgorithm(0, 0, 3, false);
  private static final DnnAlgorithm LARGE = new DnnAlgorithm(1, 5000, 3, true);
  private static final DnnAlgorithm SMALL = new DnnAlgorithm(2, 1000, 3, true);

  @Test
  void takesThoseThatGiveTheSameBitsEachTime() {
    assertEquals(
        List.of(LARGE, SMALL), DnnAlgorithm.fitting(List.of(FAST, LARGE, SMALL), 5000, "it"));
  }

  @Test
  void leavesOutWhatNeedsMoreWorkspaceThanThereIs() {
    assertEquals(List.of(SMALL), DnnAlgorithm.fitting(List.of(FAST, LARGE, SMALL), 4999, "it"));
  }

  @Test
  void saysHowMuchWorkspaceIsMissing() {
    var e =
        assertThrows(
            UnsupportedOperationException.class,
            () -> DnnAlgorithm.fitting(List.of(FAST, LARGE, SMALL), 999, "forward of x"));
    assertEquals(
        "cuda: forward of x: cuDNN needs 1,000 bytes of workspace for it but may use 999; raise -Dsemigan.cuda.workspace",
        e.getMessage());
  }

  @Test
  void saysThatNoneIsDeterministic() {
    var e =
        assertThrows(
            UnsupportedOperationException.class,
            () -> DnnAlgorithm.fitting(List.of(FAST), 999, "forward of x"));
    assertEquals(
        "cuda: forward of x: cuDNN has no algorithm for it that gives the same result each time, among the 1 that work; use another size or precision",
        e.getMessage());
  }
}
