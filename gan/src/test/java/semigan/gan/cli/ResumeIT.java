package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.gan.store.FolderLock;
import semigan.gan.store.MetricsLog;

/** Stopping a run, and going on with it. */
@Timeout(300)
class ResumeIT {
  /** Long enough that a signal arrives in the middle. */
  private static final int STEPS = 300;

  private static final int EXIT_OF_INTERRUPT = 128 + 2;
  private static final int EXIT_OF_TERMINATE = 128 + 15;

  @TempDir Path folder;

  private GanJar.Result run(String... arguments) {
    return GanJar.in(folder).run(arguments);
  }

  @Test
  void aStoppedRunEndsWithTheWeightsOfOneThatWasNot() throws Exception {
    run(train("whole")).done();
    var stopped = GanJar.in(folder).start(train("stopped"));
    stopped.awaitOutput("step 1 of " + STEPS);
    boolean interruptible = interruptsArrive();
    stopped.signal(interruptible ? "INT" : "TERM");
    GanJar.Result result = stopped.await();
    assertEquals(interruptible ? EXIT_OF_INTERRUPT : EXIT_OF_TERMINATE, result.exit(), result::err);
    String last = result.out().lines().reduce((a, b) -> b).orElseThrow();
    assertTrue(last.matches("stopped after step \\d+; go on with: .* --resume \\./stopped"), last);
    assertTrue(Files.exists(folder.resolve("stopped/model.safetensors")));
    assertEquals("", result.err());

    run("train", "--resume", "stopped").done();
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/model.safetensors")),
        Files.readAllBytes(folder.resolve("stopped/model.safetensors")));
  }

  /** With everything in it that is drawn anew at each step. */
  private static String[] train(String name) {
    String changes = "translation,cutout,colour";
    return Samples.train(
        Samples.shapes(), STEPS, "--augment", changes, "--out", ".", "--name", name);
  }

  /** A shell lets what it starts in the background ignore interrupts, and so do its children. */
  private static boolean interruptsArrive() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return true;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigIgn:")) {
        long ignored = Long.parseUnsignedLong(line.substring(7).trim(), 16);
        return (ignored & 0b10) == 0;
      }
    }
    return true;
  }

  @Test
  void moreStepsThanBeforeAreKeptInTheConfig() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    assertEquals(
        33, run("train", "--resume", "run", "--steps", "33", "--json").json().get("step").asInt());
    assertEquals(33, read(run.resolve("config.json")).get("steps").asInt());
    assertTrue(Files.exists(run.resolve("checkpoints/000033.safetensors")));
  }

  @Test
  void aRunTellsOnWhatItWentOnAndWithWhichSettings() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    JsonNode began = read(run.resolve("environment.json"));
    run("train", "--resume", "run", "--steps", "33", "--threads", "1").done();
    run("train", "--resume", "run", "--steps", "36", "--rate", "0.01").done();
    ObjectNode environment = read(run.resolve("environment.json"));
    JsonNode resumed = environment.remove("resumed");
    assertEquals(began, environment);
    assertEquals(2, resumed.size());
    assertEquals(30, resumed.get(0).get("step").asInt());
    assertEquals("{\"steps\":30}", resumed.get(0).get("settings_before").toString());
    assertTrue(resumed.get(0).get("device").get(0).asText().contains(" 1 thread"));
    assertEquals(33, resumed.get(1).get("step").asInt());
    JsonNode before = resumed.get(1).get("settings_before");
    assertEquals(33, before.get("steps").asInt());
    assertTrue(before.has("generatorRate") && before.has("discriminatorRate"), before.toString());
    assertEquals(began.get("java"), resumed.get(1).get("java"));
  }

  /** Of the samples' 30 steps, whose rates fall over the second half, the last has next to none. */
  @ParameterizedTest
  @CsvSource({"60, 0, 100", "33, 0, 18"})
  void aRunSaysThatItsRatesRiseAgain(int steps, int fallen, int now) throws IOException {
    Samples.copy(Samples.model(), folder.resolve("run"));
    String out = run("train", "--resume", "run", "--steps", "" + steps).done().out();
    String rise =
        "the learning rates had fallen to %d%% of what they began at (30 steps, decayFrom 0.5) and rise to %d%% (%d steps, decayFrom 0.5)"
            .formatted(fallen, now, steps);
    assertTrue(out.contains(rise), out);
  }

  @Test
  void aRunWhoseRatesAreAsBeforeSaysNothingOfThem() throws IOException {
    Samples.copy(Samples.model(), folder.resolve("run"));
    Files.writeString(folder.resolve("steady.json"), "{\"decayFrom\": 1}");
    run("train", "--resume", "run", "--steps", "33", "--config", "steady.json").done();
    String out = run("train", "--resume", "run", "--steps", "36").done().out();
    assertFalse(out.contains("learning rates"), out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"version":         | , line 1:
          {"version": "1"} ]  | , line 1:
          null                | : expected a JSON object
          {"resumed": "once"} | : resumed is "once", expected an array
          """)
  void aDamagedRecordOfTheMachineIsNotOverwritten(String text, String message) throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    Path environment = run.resolve("environment.json");
    Files.writeString(environment, text);
    String line = refusal(run, 1, "--steps", "33");
    assertTrue(line.contains("run/environment.json" + message), line);
    assertTrue(line.endsWith("; mend it, or move it away"), line);
    Files.delete(environment);
    run("train", "--resume", "run", "--steps", "33").done();
    assertEquals(1, read(run.resolve("environment.json")).get("resumed").size());
  }

  private static ObjectNode read(Path file) throws IOException {
    return (ObjectNode) new ObjectMapper().readTree(file.toFile());
  }

  /** It has learnt from what they say, whatever else is asked for now. */
  @Test
  void aFinishedRunKeepsItsSettings() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    Map<String, Long> before = Samples.checksums(run);
    String out = run("train", "--resume", "run", "--rate", "0.5").done().out();
    assertTrue(out.contains("run has taken all of its 30 steps; give more --steps to go on"), out);
    Map<String, Long> after = Samples.checksums(run);
    assertEquals(before.get("config.json"), after.get("config.json"));
    assertEquals(before.get("environment.json"), after.get("environment.json"));
    assertEquals(before.get("model.safetensors"), after.get("model.safetensors"));
  }

  /** As one is that was stopped on its way to 60 steps, with nothing measured at its end. */
  @Test
  void aStoppedRunCanBeEndedWhereItIs() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    ObjectNode config = read(run.resolve("config.json")).put("steps", 60);
    Files.writeString(run.resolve("config.json"), config.toString());
    Path metrics = run.resolve("metrics.jsonl");
    List<String> lines = Files.readAllLines(metrics);
    assertTrue(lines.removeIf(line -> line.contains("testErrors") && line.contains(":30,")));
    Files.write(metrics, lines);

    String out = run("train", "--resume", "run", "--steps", "30").done().out();
    assertFalse(out.contains("has taken all"), out);
    assertEquals(30, read(run.resolve("config.json")).get("steps").asInt());
    JsonNode resumed = read(run.resolve("environment.json")).get("resumed");
    assertEquals("{\"steps\":60}", resumed.get(0).get("settings_before").toString());
    assertEquals(Set.copyOf(measured(Samples.model())), Set.copyOf(measured(run)));
    run("train", "--resume", "run").done();
    assertEquals(measured(Samples.model()).size(), measured(run).size());
  }

  /** What comes later than the newest step is of no use, whether whole or not. */
  @Test
  void aDamagedCheckpointIsNotTakenForTheNewest() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    cut(run.resolve("checkpoints/000030.safetensors"));
    run("train", "--resume", "run", "--steps", "29").done();
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      assertEquals(
          List.of("000027.safetensors", "000029.safetensors"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void whatAKilledRunWasWritingIsRemoved() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    Path part = run.resolve("checkpoints/.000033.safetensors.1f2e3d.tmp");
    Path other = run.resolve(".notes.tmp");
    Files.writeString(part, "half a checkpoint");
    Files.writeString(other, "somebody else's");
    run("train", "--resume", "run", "--steps", "33").done();
    assertFalse(Files.exists(part));
    assertTrue(Files.exists(other));
  }

  @Test
  void aRunGoesOnWhereDigitsAreOthers() {
    GanJar egyptian =
        GanJar.in(folder).withJava("-Duser.language=ar").withJava("-Duser.country=EG");
    egyptian.run(Samples.train(Samples.shapes(), 3, "--out", ".", "--name", "run")).done();
    egyptian.run("train", "--resume", "run", "--steps", "6").done();
    assertTrue(Files.exists(folder.resolve("run/checkpoints/000006.safetensors")));
  }

  /** As it was before images could be augmented. */
  @Test
  void aRunWhoseConfigDoesNotSpeakOfAugmentationGoesOnWithoutAny() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    Path file = run.resolve("config.json");
    ObjectNode config = read(file);
    assertEquals(0, config.remove("augment").size(), config.toString());
    Files.writeString(file, config.toString());
    run("evaluate", "run").done();
    run("train", "--resume", "run", "--steps", "33").done();
    assertEquals(0, read(file).get("augment").size());
    run("train", "--resume", "run", "--steps", "36", "--augment", "colour,translation").done();
    var changes = read(file).get("augment");
    assertEquals("[\"translation\",\"colour\"]", changes.toString());
  }

  @Test
  void aRunThatIsBeingWrittenIsLeftAlone() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    String log = Files.readString(run.resolve("log.txt"));
    try (FolderLock lock = FolderLock.of(run)) {
      String line = refusal(run, 1, "--steps", "33");
      assertTrue(line.contains("run: another command is writing to this folder"), line);
      assertEquals(log, Files.readString(run.resolve("log.txt")));
    }
    run("train", "--resume", "run", "--steps", "33").done();
  }

  /** What it says; the folder stays as it was. */
  private String refusal(Path run, int exit, String... more) throws IOException {
    Map<String, Long> before = Samples.checksums(run);
    List<String> arguments = new ArrayList<>(List.of("train", "--resume", run.toString()));
    arguments.addAll(List.of(more));
    String line = run(arguments.toArray(String[]::new)).refused(exit);
    assertEquals(before, Samples.checksums(run));
    return line;
  }

  @Test
  void otherLabelsAreNotLearntOnTop() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    String line = refusal(run, 2, "--steps", "33", "--seed", "2", "--held-out", "10");
    assertTrue(line.contains("run has learnt from other labels: "), line);
    assertTrue(line.contains("heldOut is 0 there, 10 here; seed is 1 there, 2 here"), line);
  }

  @Test
  void classesOfOtherNamesAreNotLearntOnTop() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    // Data may be moved, but not come back with its classes in another order.
    Path data = Samples.renamedShapes(folder.resolve("shapes"));
    String line = refusal(run, 2, "--steps", "33", "--data", data.toString());
    assertTrue(
        line.contains(
            "checkpoints/000030.safetensors learnt the classes bars, discs, but the data has discs, z_bars"),
        line);
  }

  @Test
  void aRunDoesNotEndBeforeItsLastCheckpoint() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    String line = refusal(run, 2, "--steps", "20");
    assertTrue(
        line.contains("run has taken 30 steps, and 20 are asked for; give --steps 30"), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoints", "checkpoints/000027.safetensors"})
  void aModelWithoutCheckpointsIsNotBegunAgain(String deleted) throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    Files.delete(run.resolve("checkpoints/000030.safetensors"));
    Files.delete(run.resolve("checkpoints/000027.safetensors"));
    Files.deleteIfExists(run.resolve(deleted));
    String line = refusal(run, 1);
    assertTrue(line.contains("run has a model but no checkpoint to go on from"), line);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDamagedCheckpointIsSkippedForTheOneBeforeAndNothingElseDiffers(boolean whole)
      throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    Path checkpoint = run.resolve("checkpoints/000030.safetensors");
    if (whole) {
      flipABit(checkpoint);
    } else {
      cut(checkpoint);
    }
    String out = run("train", "--resume", "run").done().out();
    assertTrue(out.contains("skipped a damaged checkpoint: run/checkpoints/000030"), out);
    assertTrue(out.contains("step 30 of 30"), out);
    assertEquals(
        Samples.checksums(Samples.model()).get("model.safetensors"),
        Samples.checksums(run).get("model.safetensors"));
    assertEquals(measured(Samples.model()), measured(run));
  }

  /** What a run recorded, but for how fast it was. */
  private static List<Map<String, Object>> measured(Path run) {
    List<Map<String, Object>> records = MetricsLog.read(run.resolve("metrics.jsonl"));
    records.forEach(record -> record.remove("imagesPerSecond"));
    return records;
  }

  @Test
  void aRunWithoutAWholeCheckpointIsNotBegunAgain() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    cut(run.resolve("checkpoints/000027.safetensors"));
    cut(run.resolve("checkpoints/000030.safetensors"));
    String line = refusal(run, 1);
    assertTrue(line.contains("none of the 2 checkpoints is whole"), line);
  }

  @Test
  void anotherArchitectureIsNotBegunAgain() throws IOException {
    Path run = Samples.copy(Samples.model(), folder.resolve("run"));
    String line = refusal(run, 1, "--filters", "8");
    assertTrue(line.contains("000030.safetensors: tensor 'model.generator."), line);
    assertTrue(line.contains("[256,100] in the file but F32 [512,100]"), line);
  }

  @Test
  void onlyARunFolderIsResumed() {
    assertTrue(run("train", "--resume", "nowhere").refused(1).contains("nowhere: no such run"));
    String data = Samples.shapes().toString();
    assertTrue(run("train", "--resume", data).refused(1).contains("it has no config.json"));
  }

  /** In the middle, where the tensors are. */
  private static void flipABit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private static void cut(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
  }
}
