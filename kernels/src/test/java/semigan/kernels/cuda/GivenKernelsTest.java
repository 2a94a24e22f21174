package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the GPU's kernels come from: compiled, kept from before, or given. */
@Timeout(300)
class GivenKernelsTest {
  private static final String UNAVAILABLE =
      "BackendUnavailableException: cuda: not available: expected ";

  @TempDir Path folder;

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void assertWorks(Simulated gpu) throws Exception {
    String output = gpu.run("cuda", "fill");
    assertTrue(output.startsWith("done: cuda: "), output);
  }

  @Test
  void whatWasCompiledIsKeptAndUsed() throws Exception {
    assertWorks(Simulated.gpu().set(CudaOptions.CACHE, folder));
    Path kept = files(folder).get(0);
    assertEquals(List.of(kept), files(folder));
    assertTrue(kept.getFileName().toString().startsWith("elementwise-"), kept.toString());
    Simulated withoutCompiler = Simulated.gpu().set(CudaOptions.CACHE, folder);
    assertWorks(withoutCompiler.simulate("CXX", "no-such-compiler"));
  }

  @Test
  void aKeptFileThatIsNotWholeIsMadeAgain() throws Exception {
    assertWorks(Simulated.gpu().set(CudaOptions.CACHE, folder));
    Path kept = files(folder).get(0);
    byte[] whole = Files.readAllBytes(kept);
    Files.write(kept, Arrays.copyOf(whole, whole.length / 2));
    assertWorks(Simulated.gpu().set(CudaOptions.CACHE, folder));
    assertEquals(whole.length, Files.size(kept));
    assertEquals(List.of(kept), files(folder));
  }

  @Test
  void aWholeFileThatTheDriverRefusesIsMadeAgain() throws Exception {
    assertWorks(Simulated.gpu().set(CudaOptions.CACHE, folder));
    Path kept = files(folder).get(0);
    byte[] whole = Files.readAllBytes(kept);
    new KernelCache(folder).keep(kept.getFileName().toString(), new byte[1000]);
    assertWorks(Simulated.gpu().set(CudaOptions.CACHE, folder));
    assertEquals(whole.length, Files.size(kept));
  }

  @Test
  void withoutAFolderToKeepThemInTheyAreCompiledEachTime() throws Exception {
    Path occupied = Files.createFile(folder.resolve("file"));
    assertWorks(Simulated.gpu().set(CudaOptions.CACHE, occupied));
    assertEquals(0, Files.size(occupied));
  }

  @Test
  void whatDoesNotCompileShowsTheCompilersWords() throws Exception {
    Path sources = Files.createDirectories(folder.resolve("semigan/cuda"));
    Files.writeString(
        sources.resolve("elementwise.cu"),
        "extern \"C\" __global__ void fill_f32(float value, long long n, float* y) { y[0] = nonsense; }");
    String output =
        Simulated.gpu()
            .before(folder)
            .set(CudaOptions.CACHE, folder.resolve("cache"))
            .run("cuda", "fill");
    assertTrue(output.startsWith(UNAVAILABLE + "NVRTC 12.6 to compile elementwise.cu"), output);
    assertTrue(output.contains("--gpu-architecture=sm_90"), output);
    assertTrue(output.contains("nonsense"), output);
  }

  @Test
  void forAGpuThatTheCompilerDoesNotKnowTheDriverCompiles() throws Exception {
    String output =
        Simulated.gpu().simulate("ARCH", 120).set(CudaOptions.CACHE, folder).run("cuda", "fill");
    assertTrue(output.startsWith("done: cuda: Simulated GPU, compute capability 12.0"), output);
    assertEquals(1, files(folder).size());
  }

  @Test
  void aGpuThatIsTooOldForTheCompilerIsRefused() throws Exception {
    assertEquals(
        UNAVAILABLE
            + "a GPU of compute capability 5.0 or newer, found one of 3.5, for which NVRTC 12.6 does not compile; use --device cpu",
        Simulated.gpu().simulate("ARCH", 35).run("cuda"));
  }

  /** The first of all sources as it is kept, without the checksum before it. */
  private Path compiled() throws Exception {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    assertWorks(Simulated.gpu().set(CudaOptions.CACHE, cache));
    byte[] kept = Files.readAllBytes(files(cache).get(0));
    byte[] binary = Arrays.copyOfRange(kept, 32, kept.length);
    assertArrayEquals(KernelCache.digest(binary), Arrays.copyOf(kept, 32));
    Path given = Files.createDirectory(folder.resolve("given"));
    for (String name : KernelSources.names()) {
      Files.write(given.resolve(name + ".cubin"), binary);
    }
    return given;
  }

  @Test
  void givenKernelsNeedNoCompiler() throws Exception {
    Path given = compiled();
    Path libraries = Files.createDirectory(folder.resolve("libraries"));
    assertWorks(Simulated.without("libnvrtc.so.12", libraries).set(CudaOptions.KERNELS, given));
  }

  @Test
  void givenKernelsForAnotherGpuAreRefused() throws Exception {
    Path given = compiled();
    String first = KernelSources.names().get(0);
    assertEquals(
        UNAVAILABLE
            + "kernels for sm_80 in %s.cubin or %s.fatbin in %s, found %s without any for it; compile them with -arch=sm_80, or have it done here: leave -Dsemigan.cuda.kernels out"
                .formatted(first, first, given, given.resolve(first + ".cubin")),
        Simulated.gpu().simulate("ARCH", 80).set(CudaOptions.KERNELS, given).run("cuda"));
  }

  @Test
  void givenKernelsThatAreMissingOrDamagedAreRefused() throws Exception {
    String first = KernelSources.names().get(0);
    String missing = Simulated.gpu().set(CudaOptions.KERNELS, folder).run("cuda");
    assertTrue(missing.startsWith(UNAVAILABLE + "kernels for sm_90 in " + first), missing);
    assertTrue(missing.contains(", found neither; compile them"), missing);
    Files.write(folder.resolve(first + ".fatbin"), "nothing".getBytes(StandardCharsets.US_ASCII));
    String damaged = Simulated.gpu().set(CudaOptions.KERNELS, folder).run("cuda");
    assertTrue(damaged.contains(first + ".fatbin, which holds none: CUDA_ERROR_INVALID"), damaged);
  }
}
