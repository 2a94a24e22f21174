package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import org.junit.jupiter.api.Test;

class DnnAlgorithmTest {
  private static final DnnAlgorithm FAST = new DnnAlgorithm(0, 0, 3, false);
  private static final DnnAlgorithm LARGE = new DnnAlgorithm(1, 5000, 3, true);
  private static final DnnAlgorithm SMALL = new DnnAlgorithm(2, 1000, 3, true);

  @Test
  void takesThoseThatGiveTheSameBitsEachTime() {
    assertEquals(
        List.of(LARGE, SMALL), DnnAlgorithm.repeatable(List.of(FAST, LARGE, SMALL), 5000, "it"));
  }

  @Test
  void whatNeedsMoreWorkspaceThanItMayComesLast() {
    assertEquals(
        List.of(SMALL, LARGE), DnnAlgorithm.repeatable(List.of(FAST, LARGE, SMALL), 4999, "it"));
  }

  @Test
  void theSmallestComesFirstWhereAllNeedMoreThanTheyMay() {
    assertEquals(
        List.of(SMALL, LARGE), DnnAlgorithm.repeatable(List.of(FAST, LARGE, SMALL), 999, "it"));
  }

  @Test
  void moreBytesThanALongCountsAreNotUsable() {
    var boundless = new cudnnConvolutionFwdAlgoPerf();
    boundless.memory = -4096;
    var small = new cudnnConvolutionFwdAlgoPerf();
    small.algo = SMALL.number();
    small.memory = SMALL.workspace();
    small.mathType = SMALL.mathType();
    small.determinism = cudnnDeterminism.CUDNN_DETERMINISTIC;
    var found = new cudnnConvolutionFwdAlgoPerf[] {boundless, small};
    assertEquals(List.of(SMALL), DnnAlgorithm.usable(found, 2));
  }

  @Test
  void saysThatNoneIsDeterministic() {
    var e =
        assertThrows(
            UnsupportedOperationException.class,
            () -> DnnAlgorithm.repeatable(List.of(FAST), 999, "forward of x"));
    assertEquals(
        "cuda: forward of x: cuDNN has no algorithm for it that gives the same result each time, among the 1 that work; use another size or precision",
        e.getMessage());
  }
}
