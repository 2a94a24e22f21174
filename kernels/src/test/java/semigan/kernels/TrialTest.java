package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import semigan.kernels.Trial.Call;
import semigan.kernels.reference.ReferenceBackend;

/** The conformance suite catches kernels that misbehave: it is tried here on such ones. */
class TrialTest {
  private final Trial trial =
      new Trial(new Device(ReferenceBackend.NAME, DType.F32), "misbehaviour");
  private final Operand x = trial.input("x", 33);
  private final Operand y = trial.output("y", 33);
  private int calls;

  @Test
  void aGoodKernelPasses() {
    trial.run((kernels, at) -> kernels.copy().convert(at.of(x), at.of(y))).assertSame(y);
    trial.assertSums(y, 1);
  }

  @Test
  void writingBesideTheOutputIsCaught() {
    for (long beside : new long[] {-1, 33}) {
      var outside = new StridedCopy(List.of(1), 0, List.of(1L), beside, List.of(1L));
      caught(
          "written outside", (kernels, at) -> kernels.copy().strided(outside, at.of(x), at.of(y)));
    }
  }

  @Test
  void changingAnInputIsCaught() {
    caught("input x", (kernels, at) -> kernels.elementwise().fill(at.of(x), 0));
  }

  @Test
  void anotherAnswerTheSecondTimeIsCaught() {
    caught(
        "differs when called again",
        (kernels, at) -> kernels.elementwise().fill(at.of(y), calls++));
  }

  @Test
  void keepingMemoryIsCaught() {
    caught("live bytes", (kernels, at) -> kernels.allocate(DType.F32, 64));
  }

  @Test
  void anElementThatIsNotWrittenIsCaught() {
    caught(
        "is NaN at 32",
        (kernels, at) -> {
          int written = isTruth(at.of(y)) ? 33 : 32;
          kernels.elementwise().fill(at.of(y).slice(0, written), 1);
        });
  }

  @Test
  void aSumThatLacksATermIsCaught() {
    var sum = new MatmulGeometry(1, 1, 33, false, false);
    var missing = new MatmulGeometry(1, 1, 32, false, false);
    caught(
        "expected",
        (kernels, at) -> {
          kernels.elementwise().fill(at.of(y), 0);
          var g = isTruth(at.of(y)) ? sum : missing;
          kernels.gemm().matmul(g, at.of(x), at.of(x), at.of(y).slice(0, 1));
        });
  }

  /** Whether this is the reference's own run, which the device is compared with. */
  private static boolean isTruth(Buffer buffer) {
    return buffer.type() == DType.F64;
  }

  private void caught(String message, Call call) {
    var error =
        assertThrows(
            AssertionError.class,
            () -> {
              trial.run(call);
              trial.assertSums(y, 33);
            });
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }
}
