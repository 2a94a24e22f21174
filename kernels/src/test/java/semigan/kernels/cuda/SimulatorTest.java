package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the simulator does and refuses: the tests of the CUDA backend are worth what it is worth.
 */
class SimulatorTest {
  private static final int PATIENCE_SECONDS = 300;

  /** The lines of each scenario of {@link SimulatorProbe}; the last is its result. */
  private static final Map<String, List<String>> PLAYED = new HashMap<>();

  @BeforeAll
  static void play() throws IOException, InterruptedException {
    String libraries = "-Dsemigan.cuda.libraries=" + Simulated.libraries();
    String classPath = System.getProperty("java.class.path");
    ProcessBuilder builder = new ProcessBuilder();
    // Each scenario sets what it needs.
    builder.environment().keySet().removeIf(name -> name.startsWith("SEMIGAN_SIM_"));
    var probe =
        JavaProcess.run(
            builder,
            List.of("-cp", classPath, libraries, SimulatorProbe.class.getName()),
            PATIENCE_SECONDS);
    List<String> scenario = new ArrayList<>();
    for (String line : probe.output().lines().toList()) {
      if (line.startsWith("== ")) {
        scenario = new ArrayList<>();
        PLAYED.put(line.substring(3), scenario);
      } else {
        scenario.add(line);
      }
    }
    assertEquals(0, probe.code(), () -> "the probe ended early: " + PLAYED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a sum over blocks                   | SUCCESS SUCCESS 648128,648128,648128,0
          warps in step                       | SUCCESS 0
          a warp that overtakes               | SUCCESS SUCCESS 1
          4096 bytes of parameters            | NVRTC_SUCCESS
          threads in another order            | SUCCESS SUCCESS 648128,648128,648128,0
          blocks in ever another order        | SUCCESS each once
          read before a stream was waited for | SUCCESS 0 SUCCESS 1
          a fill that nothing waited for      | SUCCESS SUCCESS 1
          replay of a graph                   | SUCCESS 0 SUCCESS 6
          an event between streams            | NOT_READY 5.0
          a missing barrier                   | SUCCESS SUCCESS NaN
          checked sum                         | SUCCESS SUCCESS
          checked add                         | SUCCESS SUCCESS
          """)
  void rightProgramsGiveTheirValues(String scenario, String result) {
    assertEquals(result, result(scenario));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a fork in a capture         | STREAM_CAPTURE_UNJOINED
          no memory left              | OUT_OF_MEMORY SUCCESS
          the second allocation fails | SUCCESS OUT_OF_MEMORY
          freed twice                 | SUCCESS INVALID_VALUE
          allocation in capture       | STREAM_CAPTURE_UNSUPPORTED then STREAM_CAPTURE_INVALIDATED
          waiting in capture          | STREAM_CAPTURE_UNSUPPORTED then STREAM_CAPTURE_INVALIDATED
          a blocking copy in capture  | STREAM_CAPTURE_UNSUPPORTED then STREAM_CAPTURE_INVALIDATED
          loading in capture          | STREAM_CAPTURE_UNSUPPORTED then STREAM_CAPTURE_INVALIDATED
          default stream in capture   | STREAM_CAPTURE_IMPLICIT then STREAM_CAPTURE_INVALIDATED
          an event from outside       | STREAM_CAPTURE_ISOLATION then STREAM_CAPTURE_INVALIDATED
          an event of a past capture  | CAPTURED_EVENT SUCCESS 1
          an unloaded kernel          | SUCCESS INVALID_HANDLE
          a handle destroyed twice    | 0 1
          a descriptor after its end  | 0 2000
          too many threads            | INVALID_VALUE
          more threads than bounded   | INVALID_VALUE
          no block                    | INVALID_VALUE
          a device that is lost       | SUCCESS LAUNCH_FAILED LAUNCH_FAILED
          8 bytes more                | NVRTC_ERROR_COMPILATION
          no such kernel              | NOT_FOUND
          garbage for a module        | INVALID_IMAGE
          a damaged module            | INVALID_IMAGE
          another architecture        | NO_BINARY_FOR_GPU
          """)
  void wrongCallsAreRefusedAsByTheDriver(String scenario, String result) {
    assertEquals(result, result(scenario));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a barrier for some     | LAUNCH_FAILED      | of 64 threads 7 wait at __syncthreads
          two barriers           | LAUNCH_FAILED      | while other threads of the block wait
          a lane that is no part | LAUNCH_FAILED      | which its mask 0000ffff does not name
          a misaligned vector    | MISALIGNED_ADDRESS | misaligned
          behind an allocation   | ILLEGAL_ADDRESS    | a write behind the 1024 bytes allocated
          before an allocation   | ILLEGAL_ADDRESS    | a write before the 1024 bytes allocated
          far away               | ILLEGAL_ADDRESS    | an access to address
          freed memory           | ILLEGAL_ADDRESS    | in no device allocation
          a copy past the end    | ILLEGAL_ADDRESS    | 1200 bytes at
          a copy from no host    | ILLEGAL_ADDRESS    | expected one of the host
          checked exclusive      | LAUNCH_FAILED      | a write to what another thread read
          checked everybody      | LAUNCH_FAILED      | two threads write the same address
          checked pair           | MISALIGNED_ADDRESS | no multiple of 8 bytes
          checked neighbour      | LAUNCH_FAILED      | a write to what another thread read
          """)
  void wrongKernelsLoseTheDeviceAndAreNamed(String scenario, String status, String message) {
    String result = result(scenario);
    assertTrue(result.endsWith(status), result);
    assertTrue(PLAYED.get(scenario).toString().contains(message), PLAYED.get(scenario).toString());
  }

  @Test
  void everyScenarioIsExpectedSomewhere() {
    assertEquals(13 + 23 + 14, PLAYED.size(), PLAYED.keySet().toString());
  }

  private static String result(String scenario) {
    List<String> lines = PLAYED.get(scenario);
    assertTrue(lines != null, () -> "the probe ended before " + scenario + ": " + PLAYED);
    return lines.get(lines.size() - 1).replace("result ", "");
  }
}
