package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program says of itself. */
@Timeout(300)
class UsageIT {
  @TempDir Path folder;

  private GanJar.Result run(String... arguments) {
    return GanJar.in(folder).run(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "train", "generate", "evaluate", "classify", "data", "data list", "doctor"})
  void everyCommandHelpsWithAnExample(String command) {
    String help = run((command + " --help").trim().split(" ")).done().out();
    assertTrue(help.contains("Usage: " + ("gan " + command).trim()), help);
    assertTrue(help.contains("Example"), help);
    assertTrue(help.contains("java -jar gan.jar " + command), help);
  }

  @Test
  void augmentationIsExplainedWithItsPaper() {
    String help = run("train", "--help").done().out();
    String option = help.substring(help.indexOf("--augment=LIST")).replaceAll("\\s+", " ");
    assertTrue(option.contains("translation, cutout, colour"), option);
    assertTrue(option.contains("arXiv:2006.10738"), option);
  }

  @Test
  void theVersionIsTheJars() {
    String version = run("--version").done().out();
    assertTrue(version.matches("semigan \\d+\\.\\d+\\S*\\R"), version);
  }

  @Test
  void aJavaRuntimeCutDownToWhatItNeedsIsEnough() {
    String modules = "java.desktop,java.logging,java.management,java.xml,jdk.unsupported";
    GanJar jar = GanJar.in(folder).withJava("--limit-modules=" + modules);
    String found = jar.run("doctor").done().out();
    assertTrue(found.matches("(?s).*memory_bytes +[1-9].*device cpu +works.*"), found);
  }

  @Test
  void noCommandIsWrongUsage() {
    assertTrue(run().refused(2).contains("a command is missing"));
    assertTrue(run("data").refused(2).contains("data list"));
  }

  @Test
  void anUnknownCommandIsToldWhichThereAre() {
    String line = run("tarin").refused(2);
    assertTrue(line.contains("'tarin'") && line.contains("train, study, generate, evaluate"), line);
  }

  @Test
  void anUnknownOptionIsWrongUsage() {
    assertTrue(run("train", "--lables", "100").refused(2).contains("'--lables'"));
  }

  @Test
  void aMissingModelIsWrongUsage() {
    assertTrue(run("generate").refused(2).contains("MODEL"));
  }

  @Test
  void theDoctorSeesTheDevicesThatWork() {
    String report = run("doctor").done().out();
    assertTrue(report.matches("(?s).*device cpu +works: .*threads.*"), report);
    assertTrue(report.matches("(?s).*device reference +works: .*"), report);
    JsonNode json = run("doctor", "--json").json();
    JsonNode cpu = json.get("devices").get(1);
    assertEquals("cpu", cpu.get("name").asText());
    assertTrue(cpu.get("works").asBoolean());
  }

  /** The first of several is that of the outermost level. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "1,4", " 1 "})
  @DisabledOnOs(OS.WINDOWS)
  void openMpsVariableLimitsTheThreads(String threads) {
    String before = "export OMP_NUM_THREADS='%s'".formatted(threads);
    String report = GanJar.in(folder).runAfter(before, "doctor").done().out();
    assertTrue(report.matches("(?s).*device cpu +works: [^\n]*, 1 threads.*"), report);
  }

  /** Linux has a device that is always full. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aResultThatCannotBeWrittenIsAFailure() {
    GanJar.Result result = GanJar.in(folder).runAfter("exec >/dev/full", "data", "list", "--json");
    assertTrue(result.refused(1).contains("what was printed could not be written"));
  }

  @Test
  void theDataListedIsWhereItWasFound() throws Exception {
    Samples.writeIdx(folder.resolve("data/mnist"));
    String list = run("data", "list", "--data-dir", "data").done().out();
    assertTrue(list.matches("(?s)glyphs .*built in\\R.*"), list);
    JsonNode sets = run("data", "list", "--data-dir", "data", "--json").json();
    assertEquals("glyphs", sets.get(0).get("name").asText());
    assertEquals("mnist", sets.get(1).get("name").asText());
    assertTrue(sets.get(1).get("available").asBoolean());
    assertEquals(Path.of("data/mnist"), Path.of(sets.get(1).get("location").asText()));
  }
}
