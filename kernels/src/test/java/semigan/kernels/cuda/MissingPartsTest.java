package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A machine that lacks something says what, where, what was expected, and what to do. */
@Timeout(300)
class MissingPartsTest {
  private static final String UNAVAILABLE =
      "BackendUnavailableException: cuda: not available: expected ";

  @TempDir Path folder;

  private static void assertRefused(String expected, String output) {
    assertEquals(UNAVAILABLE + expected, output);
  }

  @Test
  void aWholeSimulatedMachineWorks() throws Exception {
    String output = Simulated.gpu().run("cuda", "fill");
    assertTrue(
        output.startsWith("done: cuda: Simulated GPU, compute capability 9.0, 8,192 MiB"), output);
  }

  @Test
  void noDriver() throws Exception {
    Assumptions.assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")));
    assertRefused(
        "libcuda.so.1 (libcuda), found none; install NVIDIA's driver, 525 or newer",
        Simulated.without("libcuda.so.1", folder).run("cuda"));
  }

  @Test
  void noGpu() throws Exception {
    String output = Simulated.gpu().simulate("NO_DEVICE", 1).run("cuda");
    assertTrue(output.startsWith(UNAVAILABLE + "an NVIDIA GPU, found a driver ("), output);
    assertTrue(output.contains(" for CUDA 12.6) that sees none; nvidia-smi"), output);
  }

  @Test
  void aDriverThatIsTooOld() throws Exception {
    String output = Simulated.gpu().simulate("DRIVER_VERSION", 11080).run("cuda");
    assertTrue(output.startsWith(UNAVAILABLE + "an NVIDIA driver for CUDA 12.0 (525)"), output);
    assertTrue(output.endsWith(" for CUDA 11.8; update the driver"), output);
  }

  @Test
  void anOlderDriverOfTheSameMajorVersionWorks() throws Exception {
    String output = Simulated.gpu().simulate("DRIVER_VERSION", 12000).run("cuda", "fill");
    assertTrue(output.startsWith("done: cuda"), output);
  }

  @ParameterizedTest
  @CsvSource({
    "libnvrtc.so.12, NVRTC, NVRTC of CUDA 12",
    "libcublas.so.12, cuBLAS, cuBLAS of CUDA 12",
    "libcudnn.so.9, cuDNN, cuDNN 9 for CUDA 12"
  })
  void aMissingLibrary(String file, String title, String mend) throws Exception {
    Assumptions.assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")));
    assertRefused(
        "%s (%s), found none; install %s, or build with -Pcuda-redist, or give its folder by -Dsemigan.cuda.libraries=FOLDER"
            .formatted(file, title, mend),
        Simulated.without(file, folder).run("cuda"));
  }

  @ParameterizedTest
  @CsvSource({"libnvrtc.so, NVRTC", "libcublas.so, cuBLAS"})
  void anotherVersionInTheFolderThatWasNamed(String file, String title) throws Exception {
    Assumptions.assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")));
    Simulated gpu = Simulated.without(file + ".12", folder);
    Path newer = Files.createFile(folder.resolve(file + ".13"));
    assertRefused(
        "%s.12 (%s), found only %s; install %2$s of CUDA 12, or build with -Pcuda-redist, or give its folder by -Dsemigan.cuda.libraries=FOLDER"
            .formatted(file, title, newer),
        gpu.run("cuda"));
  }

  @Test
  void aDamagedLibrary() throws Exception {
    Simulated gpu = Simulated.without("libcudnn.so.9", folder);
    Path damaged = Files.writeString(folder.resolve("libcudnn.so.9"), "no library");
    String output = gpu.run("cuda");
    String found = "libcudnn.so.9 (cuDNN), found %s, which does not load (".formatted(damaged);
    assertTrue(output.contains(UNAVAILABLE + found), output); // after a warning of Java's own
    assertTrue(output.contains("; install cuDNN 9"), output);
  }

  @Test
  void aFolderThatIsNotThere() throws Exception {
    Path nowhere = folder.resolve("nowhere");
    assertRefused(
        "a folder of NVIDIA's libraries at %s, found none; give one that is there by -Dsemigan.cuda.libraries=FOLDER, or none"
            .formatted(nowhere),
        Simulated.gpu().set(CudaOptions.LIBRARIES, nowhere).run("cuda"));
  }

  @Test
  void noRoomForJCudasOwnLibraries() throws Exception {
    Path nowhere = folder.resolve("nowhere");
    String output =
        Simulated.gpu()
            .set("java.io.tmpdir", nowhere)
            .run("cuda")
            .replaceFirst("^WARNING: java.io.tmpdir .*\\R", ""); // newer Javas' own words
    assertTrue(
        output.startsWith(UNAVAILABLE + "to load JCudaDriver from %s, found ".formatted(nowhere)),
        output);
    assertTrue(output.endsWith("by -Djava.io.tmpdir=FOLDER"), output);
  }

  @Test
  void aGpuThatIsNotThere() throws Exception {
    assertRefused(
        "a GPU of index 3, found only one; the last is --device cuda:0",
        Simulated.gpu().run("cuda:3"));
    assertEquals(Simulated.gpu().run("cuda"), Simulated.gpu().run("cuda:0"));
  }

  @Test
  void autoTakesTheGpuThatWorks() throws Exception {
    assertTrue(Simulated.gpu().run("auto").startsWith("done: cuda: Simulated GPU"));
  }

  @Test
  void autoSaysWhyADriverIsNotUsed() throws Exception {
    String output = Simulated.gpu().simulate("NO_DEVICE", 1).run("auto");
    assertTrue(
        output.startsWith("notice: the cpu is used, not the GPU: cuda: not available: "), output);
    assertTrue(output.contains("\ndone: cpu: "), output);
  }

  @Test
  void autoIsSilentWithoutADriver() throws Exception {
    Assumptions.assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")));
    String output = Simulated.without("libcuda.so.1", folder).run("auto");
    assertTrue(output.startsWith("done: cpu: "), output);
  }
}
