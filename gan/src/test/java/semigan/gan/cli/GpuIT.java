package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program on a GPU that the simulator plays: one that works, and all that can go wrong. */
@Timeout(600)
class GpuIT {
  @TempDir Path folder;

  private GanJar gan(String... settings) {
    return GanJar.in(folder).withSimulatedGpu(settings);
  }

  private String[] train(int steps, String... more) {
    return Samples.train(Samples.shapes(), steps, more);
  }

  private static JsonNode part(JsonNode device, String name) {
    for (JsonNode part : device.get("requirements")) {
      if (part.get("name").asText().equals(name)) {
        return part;
      }
    }
    throw new AssertionError(name + " is missing: " + device);
  }

  @Test
  void trainingOnItGivesAModelForAnyDevice() throws Exception {
    gan().run(train(20, "--device", "cuda:0", "--name", "run")).done();
    JsonNode config = new ObjectMapper().readTree(folder.resolve("runs/run/config.json").toFile());
    assertEquals("cuda", config.get("device").asText());
    JsonNode onGpu = gan().run("evaluate", "runs/run", "--device", "cuda", "--json").json();
    JsonNode onCpu = gan().run("evaluate", "runs/run", "--device", "cpu", "--json").json();
    assertEquals(onCpu.get("testErrors"), onGpu.get("testErrors"));
  }

  @Test
  void theDoctorSaysWhatIsThereAndWhere() {
    String report = gan().run("doctor").done().out();
    assertTrue(report.matches("(?s).*device cuda +works: Simulated GPU.*"), report);
    assertTrue(report.matches("(?s).*NVIDIA driver +works: .*for CUDA 12\\.6.*"), report);
    for (String file : new String[] {"libnvrtc.so.12", "libcublas.so.12", "libcudnn.so.9"}) {
      assertTrue(report.matches("(?s).* works: expected " + file + ", found .* at /.*"), report);
    }
    JsonNode cuda = gan().run("doctor", "--json").json().get("devices").get(0);
    assertTrue(cuda.get("works").asBoolean());
    assertEquals("12.6", part(cuda, "NVRTC").get("found").asText());
    assertEquals("12.6.3", part(cuda, "cuBLAS").get("found").asText());
    assertEquals("9.5.0", part(cuda, "cuDNN").get("found").asText());
    assertTrue(part(cuda, "cuDNN").get("where").asText().endsWith("/libcudnn.so.9"));
    assertTrue(part(cuda, "kernel cache").get("met").asBoolean());
  }

  @Test
  void theDoctorSaysHowToMend() {
    JsonNode cuda =
        gan("DRIVER_VERSION=11040").run("doctor", "--json").json().get("devices").get(0);
    assertFalse(cuda.get("works").asBoolean());
    JsonNode driver = part(cuda, "NVIDIA driver");
    assertFalse(driver.get("met").asBoolean());
    assertTrue(driver.get("found").asText().endsWith("for CUDA 11.4"), driver.toString());
    assertEquals("update the driver", driver.get("mend").asText());
    assertTrue(
        part(cuda, "cuDNN").get("met").asBoolean(), "the others are looked for all the same");
  }

  @Test
  void aFolderForKernelsThatCannotBeWrittenIsTheDoctorsToTell() throws Exception {
    Path occupied = Files.createFile(folder.resolve("file"));
    String report = gan().withJava("-Dsemigan.cuda.cache=" + occupied).run("doctor").done().out();
    assertTrue(report.matches("(?s).*device cuda +works: .*"), report);
    assertTrue(
        report.matches("(?s).*kernel cache +missing: .* compiled at every start at .*"), report);
  }

  @Test
  void autoTakesIt() throws Exception {
    gan().run(train(1, "--name", "run")).done();
    assertTrue(Files.readString(folder.resolve("runs/run/log.txt")).contains("on Simulated GPU"));
  }

  @Test
  void autoSaysInOneLineWhyItDoesNot() {
    GanJar.Result result = gan("NO_DEVICE=1").run(train(1, "--name", "run")).done();
    String line = result.err().strip();
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.startsWith("gan: the cpu is used, not the GPU: cuda: not available: "), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuda:x", "cuda:", "cuda:-1", "gpu"})
  void aDeviceThatThereCannotBeIsWrongUsage(String name) {
    String line = GanJar.in(folder).run(train(1, "--device", name)).refused(2);
    assertTrue(line.contains("unknown device '" + name + "'"), line);
    assertFalse(Files.exists(folder.resolve("runs")));
  }

  @Test
  void withoutADriverAutoIsSilentAndCudaIsRefused() {
    Assumptions.assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")));
    GanJar gan = GanJar.in(folder);
    assertEquals("", gan.run(train(1, "--name", "run")).done().err());
    String line = gan.run(train(1, "--device", "cuda")).refused(1);
    assertTrue(line.contains("expected libcuda.so.1 (libcuda), found none; install"), line);
  }

  @Test
  void aGpuThatIsNotThereIsRefused() {
    String line = gan().run(train(1, "--device", "cuda:2")).refused(1);
    assertTrue(line.contains("expected a GPU of index 2, found only one"), line);
    assertFalse(Files.exists(folder.resolve("runs")));
  }

  @Test
  void aGpuThatIsFullIsRefused() {
    String line = gan("MEMORY=1000000").run(train(1, "--device", "cuda")).refused(1);
    assertTrue(line.contains("found Simulated GPU full; end what fills it"), line);
  }

  @Test
  void aBatchThatDoesNotFitIsToldWhichWould() {
    String[] arguments = train(6, "--device", "cuda", "--size", "64", "--name", "run");
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--batch")) {
        arguments[i + 1] = "32";
      }
    }
    String line = gan("MEMORY=" + (58 << 20)).run(arguments).refused(1);
    assertTrue(
        line.matches(
            "gan: cuda: out of memory: .* asked for, .* free on the GPU, held by \\w+\\.\\w+ .*; --batch (16|8|4) fits"),
        line);
  }

  @Test
  void aLostGpuEndsTheRunWhichCanGoOnFromItsLastCheckpoint() {
    gan().run(train(4, "--device", "cuda", "--name", "run")).done();
    String[] more = {"train", "--resume", "runs/run", "--steps", "8"};
    String line = gan("LOST_AFTER=200").run(more).refused(1);
    assertTrue(line.contains("failed: CUDA_ERROR_LAUNCH_FAILED (719)"), line);
    assertTrue(
        line.endsWith(
            "the last checkpoint is runs/run/checkpoints/000004.safetensors; go on with: java -jar gan.jar train --resume runs/run"),
        line);
    gan().run(more).done();
  }

  @Test
  void aGpuThatIsLostWhileDrawingIsOneLine() {
    String line =
        gan("LOST_AFTER=3", "LOST_CODE=999")
            .run("generate", Samples.model().toString(), "--device", "cuda", "--out", "grid.png")
            .refused(1);
    assertTrue(line.contains("failed: CUDA_ERROR_UNKNOWN (999)"), line);
    assertFalse(Files.exists(folder.resolve("grid.png")));
  }

  /** As the profile cuda-redist leaves it, with the simulator's libraries in place of NVIDIA's. */
  @Test
  void aJarOfLibrariesBesideTheProgramIsUnpackedAndUsed() throws Exception {
    GanJar gan = gan().from(folder);
    Path simulator = Path.of(System.getProperty("semigan.cuda.libraries"));
    Path driver = Files.createDirectory(folder.resolve("driver"));
    Files.copy(simulator.resolve("libcuda.so.1"), driver.resolve("libcuda.so.1"));
    Path jar = folder.resolve(System.getProperty("cuda.redist.jar"));
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String file : new String[] {"libnvrtc.so.12", "libcublas.so.12", "libcudnn.so.9"}) {
        out.putNextEntry(new ZipEntry("org/bytedeco/cuda/linux-x86_64/" + file));
        Files.copy(simulator.resolve(file), out);
      }
    }
    Path cache = folder.resolve("cache");
    JsonNode cuda =
        gan.withJava("-Dsemigan.cuda.libraries=" + driver)
            .withJava("-Dsemigan.cuda.cache=" + cache)
            .run("doctor", "--json")
            .json()
            .get("devices")
            .get(0);
    assertTrue(cuda.get("works").asBoolean(), cuda.toString());
    for (String name : new String[] {"NVRTC", "cuBLAS", "cuDNN"}) {
      Path where = Path.of(part(cuda, name).get("where").asText());
      assertTrue(where.startsWith(cache), where.toString());
    }
  }
}
