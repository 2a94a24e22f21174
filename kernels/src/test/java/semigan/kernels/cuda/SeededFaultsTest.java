package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would the suites see it? Faults that are made with GPUs, put one at a time into a kernel or into
 * the code that launches it: each must fail the suite that looks there.
 */
class SeededFaultsTest {
  private static final Path SOURCES = Path.of("src", "main");

  /** Work may run before that of other streams, not only after it. */
  private static final Map<String, String> EARLY = Map.of("EAGER", "1");

  /**
   * @param what is wrong
   * @param file below the sources
   * @param right text that the file holds once
   * @param wrong what takes its place
   * @param suite the test class that must fail
   * @param settings of the simulator while it runs
   */
  record Fault(
      String what,
      String file,
      String right,
      String wrong,
      String suite,
      Map<String, String> settings) {
    Fault(String what, String file, String right, String wrong, String suite) {
      this(what, file, right, wrong, suite, Map.of());
    }

    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault(
            "a barrier is dropped",
            "cuda/reduce.cu",
            "      __syncthreads();\n      if (lane < half) {",
            "      if (lane < half) {",
            "semigan.kernels.ReduceConformanceTest"),
        new Fault(
            "a warp overwrites what others have yet to read",
            "cuda/common.cuh",
            "  __syncthreads(); // a previous call's values have been read\n",
            "",
            "semigan.kernels.AugmentConformanceTest"),
        new Fault(
            "a warp overwrites what its neighbours have yet to read",
            "cuda/reduce.cu",
            "    __syncthreads(); // a previous call's values have been read\n",
            "",
            "semigan.kernels.ReduceConformanceTest"),
        new Fault(
            "the tail is not guarded",
            "cuda/common.cuh",
            "i < whole; i += gridStep() * N",
            "i < length && packed; i += gridStep() * N",
            "semigan.kernels.ElementwiseConformanceTest"),
        new Fault(
            "strides are swapped",
            "cuda/copy.cu",
            "(column + c) * targetStride",
            "(column + c) * sourceStride",
            "semigan.kernels.CopyConformanceTest"),
        new Fault(
            "all blocks write to the same place",
            "cuda/columns.cuh",
            "long long i = static_cast<long long>(blockIdx.y) * matrix.channels",
            "long long i = 0LL * matrix.channels",
            "semigan.kernels.NormConformanceTest"),
        new Fault(
            "a counter is not reset for the next launch",
            "cuda/columns.cuh",
            "arrivals[blockIdx.x] = 0;",
            "",
            "semigan.kernels.NormConformanceTest"),
        new Fault(
            "the block with the highest number is taken for the last to run",
            "cuda/columns.cuh",
            "    last = atomicAdd(&arrivals[blockIdx.x], 1) == static_cast<int>(gridDim.y) - 1;\n",
            "    atomicAdd(&arrivals[blockIdx.x], 1);\n    last = blockIdx.y == gridDim.y - 1;\n",
            "semigan.kernels.NormConformanceTest"),
        new Fault(
            "a warp's sum leaves lanes out",
            "cuda/common.cuh",
            "__device__ __forceinline__ float warpSum(float value) {\n  for (int lanes = WARP / 2;",
            "__device__ __forceinline__ float warpSum(float value) {\n  for (int lanes = WARP / 4;",
            "semigan.kernels.OptimConformanceTest"),
        new Fault(
            "BF16 is cut off rather than rounded",
            "cuda/common.cuh",
            "bits + 0x7FFFu + (bits >> 16 & 1u)",
            "bits",
            "semigan.kernels.ElementwiseConformanceTest"),
        new Fault(
            "the grid lacks its last block",
            "java/semigan/kernels/cuda/SlotTable.java",
            "new LaunchPlan(chunks(), 1, THREADS)",
            "new LaunchPlan(Math.max(1, chunks() - 1), 1, THREADS)",
            "semigan.kernels.OptimConformanceTest"),
        new Fault(
            "the host reads without waiting",
            "java/semigan/kernels/cuda/Staging.java",
            "check(JCudaDriver.cuStreamSynchronize(context.stream()), \"cuStreamSynchronize\");",
            "",
            "semigan.kernels.BackendConformanceTest"),
        new Fault(
            "pinned memory is written while it is being sent",
            "java/semigan/kernels/cuda/Staging.java",
            "      next = (next + 1) % SLOTS;\n      check(JCudaDriver.cuEventSynchronize(slot.free), \"cuEventSynchronize\");",
            "      next = (next + 1) % SLOTS;",
            "semigan.kernels.BackendConformanceTest"),
        new Fault(
            "one stream does not wait for the other",
            "java/semigan/kernels/cuda/Staging.java",
            "check(JCudaDriver.cuStreamWaitEvent(order, slot.sent, 0), \"cuStreamWaitEvent\");",
            "",
            "semigan.kernels.BackendConformanceTest"),
        new Fault(
            "an upload overtakes the kernels that read its target",
            "java/semigan/kernels/cuda/Staging.java",
            "check(JCudaDriver.cuEventRecord(slot.sent, copies), \"cuEventRecord\");",
            "JCudaDriver.cuMemcpyHtoDAsync(target, slot.pinned, size, copies);"
                + "JCudaDriver.cuEventRecord(slot.sent, copies);",
            "semigan.kernels.BackendConformanceTest",
            EARLY),
        new Fault(
            "a product's rows are taken for its columns",
            "java/semigan/kernels/cuda/CudaGemm.java",
            "g.transposeA() ? g.rows() : g.inner()",
            "g.transposeA() ? g.inner() : g.rows()",
            "semigan.kernels.GemmConformanceTest"),
        new Fault(
            "memory of recorded work is given to others",
            "java/semigan/kernels/CachingAllocator.java",
            "    block.pool = pool;\n",
            "",
            "semigan.kernels.cuda.CudaRecorderTest"));
  }

  @BeforeAll
  static void thereIsASimulator() {
    Simulated.libraries(); // no real GPU must run what is wrong
  }

  @ParameterizedTest
  @MethodSource("faults")
  void isSeen(Fault fault, @TempDir Path overlay) throws Exception {
    Path source = SOURCES.resolve(fault.file());
    String text = Files.readString(source);
    int at = text.indexOf(fault.right());
    assertTrue(at >= 0, () -> source + " does not hold: " + fault.right());
    assertEquals(at, text.lastIndexOf(fault.right()), "the text must be there once");
    put(fault, text.replace(fault.right(), fault.wrong()), overlay);
    var ended = SuiteProcess.run(overlay, List.of(fault.suite()), fault.settings());
    assertEquals(SuiteProcess.FAILED, ended.code(), () -> fault.suite() + ":\n" + ended.output());
  }

  /** The faults are what fails, not the way the suites are run here. */
  @Test
  void withoutAFaultTheSuitesPass(@TempDir Path overlay) throws Exception {
    for (var settings : List.of(Map.<String, String>of(), EARLY)) {
      List<String> suites =
          faults()
              .filter(fault -> fault.settings().equals(settings))
              .map(Fault::suite)
              .distinct()
              .toList();
      var ended = SuiteProcess.run(overlay, suites, settings);
      assertEquals(SuiteProcess.PASSED, ended.code(), ended.output());
    }
  }

  private static void put(Fault fault, String text, Path overlay) throws IOException {
    Path name = Path.of(fault.file()).getFileName();
    if (fault.file().startsWith("cuda/")) {
      Path folder = Files.createDirectories(overlay.resolve("semigan").resolve("cuda"));
      Files.writeString(folder.resolve(name), text);
      return;
    }
    Path changed = Files.writeString(overlay.resolve(name), text);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                overlay.toString(),
                changed.toString());
    assertEquals(0, result, "the changed class must compile");
  }
}
