package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A GPU that is full, or lost. */
@Timeout(300)
class FailingGpuTest {
  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @CsvSource({"0", "1", "10", "20"})
  void aGpuThatIsFullFromTheStart(long mib) throws Exception {
    assertEquals(
        "BackendUnavailableException: cuda: not available: expected free memory on the GPU, found Simulated GPU full; end what fills it, which nvidia-smi lists, or use another by --device cuda:INDEX",
        Simulated.gpu().simulate("MEMORY", mib * MIB).run("cuda"));
  }

  @Test
  void aGpuThatFillsUpSaysWhatAndWhoseItIs() throws Exception {
    // The backend's own: 12 MiB to stage in, 32 for cuBLAS. Weights are 3, images 5.
    List<String> actions = new ArrayList<>(List.of("cuda", "weights"));
    actions.addAll(Collections.nCopies(10, "images"));
    String output =
        Simulated.gpu().simulate("MEMORY", 64 * MIB).run(actions.toArray(String[]::new));
    assertTrue(
        output.matches(
            "DeviceMemoryException: cuda: out of memory: 5\\.0 MiB asked for, 18\\.0 MiB in use, "
                + "budget [0-9.]+ MiB, [12]\\.[0-9] MiB free on the GPU, "
                + "held by GpuProgram\\.images 15\\.0 MiB, GpuProgram\\.weights 3\\.0 MiB; "
                + "use a smaller --batch or a narrower model"),
        output);
  }

  @Test
  void whatIsOnlyKeptForReuseIsGivenBackFirst() throws Exception {
    String output =
        Simulated.gpu()
            .simulate("MEMORY", 56 * MIB)
            .run("cuda", "weights", "weights", "weights", "release", "images", "fill");
    assertTrue(output.startsWith("done: cuda"), output);
  }

  /** The budget says that there is room, but other programs took it. */
  @Test
  void aGpuThatOthersFillIsOutOfMemoryToo() throws Exception {
    List<String> actions = new ArrayList<>(List.of("cuda"));
    actions.addAll(Collections.nCopies(40, "images"));
    String output =
        Simulated.gpu().simulate("FAIL_ALLOC_AFTER", 30).run(actions.toArray(String[]::new));
    assertTrue(
        output.startsWith("DeviceMemoryException: cuda: out of memory: 5.0 MiB asked for"), output);
    assertTrue(output.contains("held by GpuProgram.images"), output);
  }

  @ParameterizedTest
  @CsvSource({
    "719, CUDA_ERROR_LAUNCH_FAILED",
    "700, CUDA_ERROR_ILLEGAL_ADDRESS",
    "999, CUDA_ERROR_UNKNOWN"
  })
  void aLostGpuIsAFailureOfTheCallThatHearsOfIt(int code, String name) throws Exception {
    String output =
        Simulated.gpu()
            .simulate("LOST_AFTER", 1)
            .simulate("LOST_CODE", code)
            .run("cuda", "fill", "fill", "fill");
    assertTrue(
        output.matches(
            "(?s)(simulator: .*\\R)?DeviceFailureException: cuda: .* failed: %s \\(%d\\), .*"
                .formatted(name, code)),
        output);
    // That would hide the first failure, and leave the GPU taken.
    assertFalse(output.contains("when it was closed"), output);
  }
}
