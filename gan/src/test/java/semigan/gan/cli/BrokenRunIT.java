package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.store.EventReader;
import semigan.gan.store.MetricsLog;

/** Runs that cannot go on lose nothing that they had. */
@Timeout(300)
class BrokenRunIT {
  @TempDir Path folder;

  private GanJar.Result run(String... arguments) {
    return GanJar.in(folder).run(arguments);
  }

  @Test
  void aLossThatIsNoNumberStopsTheRun() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    Map<String, Long> before = Samples.checksums(run);
    Path metrics = run.resolve("metrics.jsonl");
    List<Map<String, Object>> records = new ArrayList<>(MetricsLog.read(metrics));
    String[] arguments = {"train", "--resume", "run", "--steps", "39", "--rate", "1e30"};
    String line = run(arguments).refused(1);
    assertTrue(line.startsWith("gan: step 31: a loss or a gradient is not finite"), line);
    assertTrue(line.contains("first in layer discriminator."), line);
    assertTrue(line.endsWith("last good checkpoint is run/checkpoints/000030.safetensors"), line);
    Map<String, Long> after = Samples.checksums(run);
    after.put("config.json", before.get("config.json")); // more steps, another rate
    after.put("environment.json", before.get("environment.json")); // and that it went on
    after.put("metrics.jsonl", before.get("metrics.jsonl"));
    after.remove(EventReader.files(run).get(1).getFileName().toString());
    assertEquals(before, after);
    records.add(Map.of("step", 31, "warning", line.substring("gan: ".length())));
    assertEquals(records, MetricsLog.read(metrics));
    String[] verbose = {"train", "--resume", "run", "--steps", "39", "--rate", "1e30", "--verbose"};
    String stack = run(verbose).err();
    assertTrue(stack.contains("\tat semigan.gan.train."), stack);
  }

  /** Its losses are of the weights before it, which are finite. */
  @Test
  void aLastStepThatSpoilsTheWeightsIsNotSaved() throws IOException {
    String[] arguments = Samples.train(Samples.shapes(), 1, "--preset", "supervised");
    List<String> diverging = new ArrayList<>(List.of(arguments));
    diverging.addAll(List.of("--rate", "3e38", "--out", ".", "--name", "first"));
    String line = run(diverging.toArray(String[]::new)).refused(1);
    assertTrue(
        line.startsWith(
            "gan: step 1: the weights that it leaves are not finite, first model.discriminator."),
        line);
    assertTrue(line.endsWith("there is no checkpoint yet"), line);
    assertFalse(Files.exists(folder.resolve("first/model.safetensors")));
    assertEquals(
        List.of("step 1: " + line.substring("gan: ".length())),
        MetricsLog.warnings(folder.resolve("first/metrics.jsonl")));

    run(Samples.train(
            Samples.shapes(), 1, "--preset", "supervised", "--out", ".", "--name", "second"))
        .done();
    Map<String, Long> before = Samples.checksums(folder.resolve("second"));
    line = run("train", "--resume", "second", "--steps", "2", "--rate", "3e38").refused(1);
    assertTrue(line.startsWith("gan: step 2: "), line);
    assertTrue(line.endsWith("checkpoint is second/checkpoints/000001.safetensors"), line);
    assertKept(before, Samples.checksums(folder.resolve("second")));
  }

  @Test
  void aRunThatDivergesAtOnceHasNoCheckpointYet() {
    String line = run(Samples.train(Samples.shapes(), 3, "--rate", "1e30")).refused(1);
    assertTrue(line.contains("step 1: ") && line.endsWith("there is no checkpoint yet"), line);
  }

  /** A limit on the size of files stands for a disk that is full: a write fails half-way. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aWriteThatFailsLeavesTheFilesBefore() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    Map<String, Long> before = Samples.checksums(run);
    String line =
        GanJar.in(folder)
            .runAfter(
                "ulimit -f 400",
                "train",
                "--resume",
                "run",
                "--steps",
                "39",
                "--device",
                "reference")
            .refused(1);
    assertTrue(line.contains("run/checkpoints/000033.safetensors: cannot be written: "), line);
    assertKept(before, Samples.checksums(run));
  }

  /** The real thing, where a user may mount a file system of his own. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFullDiskLeavesTheFilesBefore() throws IOException, InterruptedException {
    Process trial =
        new ProcessBuilder("unshare", "-rm", "mount", "-t", "tmpfs", "none", folder.toString())
            .redirectErrorStream(true)
            .start();
    assumeTrue(trial.waitFor() == 0, "no file system can be mounted here");
    Files.createDirectory(folder.resolve("disk"));
    Samples.copy(Samples.model(), folder.resolve("run"));
    Map<String, Long> before = Samples.checksums(folder.resolve("run"));
    String inside =
        "mount -t tmpfs -o size=%dk none disk && cp -r run disk/ && \"$@\"; code=$?; cp -r disk/run after; exit $code"
            .formatted(bytes(folder.resolve("run")) / 1024 + 200);
    GanJar.Result result =
        GanJar.in(folder)
            .runAfter(
                "exec unshare -rm sh -c '" + inside + "' sh \"$@\"",
                "train",
                "--resume",
                "disk/run",
                "--steps",
                "39",
                "--device",
                "reference");
    String line = result.refused(1);
    assertTrue(line.contains("cannot be written: No space left on device"), line);
    assertKept(before, Samples.checksums(folder.resolve("after")));
  }

  private static long bytes(Path run) throws IOException {
    try (var files = Files.walk(run)) {
      // Whole pages, as a file system in memory keeps them.
      return files.mapToLong(file -> file.toFile().length() / 4096 * 4096 + 4096).sum();
    }
  }

  /**
   * What was there is as it was; the config has the new number of steps, the environment says that
   * the run went on, and metrics have grown.
   */
  private static void assertKept(Map<String, Long> before, Map<String, Long> after) {
    for (String file : before.keySet()) {
      if (!Set.of("config.json", "environment.json", "metrics.jsonl").contains(file)) {
        assertEquals(before.get(file), after.get(file), file);
      }
    }
    assertTrue(after.keySet().stream().noneMatch(file -> file.endsWith(".tmp")), after::toString);
  }

  @Test
  void aFolderThatCannotBeMadeIsSaid() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    String line = run(Samples.train(Samples.shapes(), 3, "--out", "file")).refused(1);
    assertTrue(line.contains("it exists and is not a folder"), line);
    assertTrue(line.endsWith("choose a writable place with --out"), line);
    assertEquals("x", Files.readString(folder.resolve("file")));
  }

  @Test
  void aFolderThatMayNotBeWrittenIsSaid() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    assumeTrue(locked.toFile().setWritable(false));
    assumeFalse(Files.isWritable(locked), "an administrator may write everywhere");
    String line = run(Samples.train(Samples.shapes(), 3, "--out", "locked")).refused(1);
    assertTrue(line.contains("permission denied"), line);
  }

  @Test
  void aRunOfThatNameIsNotOverwritten() throws IOException {
    Path run =
        Samples.copy(
            Samples.model(), Files.createDirectory(folder.resolve("runs")).resolve("first"));
    Map<String, Long> before = Samples.checksums(run);
    String line = run(Samples.train(Samples.shapes(), 3, "--name", "first")).refused(1);
    assertTrue(line.contains("exists already; choose another name, or continue it with"), line);
    assertEquals(before, Samples.checksums(run));
  }
}
