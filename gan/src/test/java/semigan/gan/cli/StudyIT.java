package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.store.FolderLock;

/** Studies over seeds, and what they leave. */
@Timeout(300)
class StudyIT {
  private static final int MANY = 400;

  @TempDir Path folder;

  private GanJar.Result run(String... arguments) {
    return GanJar.in(folder).run(arguments);
  }

  private static String[] study(int steps, int seeds, String out, String... more) {
    return study(Samples.shapes(), steps, seeds, out, more);
  }

  private static String[] study(Path data, int steps, int seeds, String out, String... more) {
    List<String> arguments = new ArrayList<>(Arrays.asList(Samples.train(data, steps, more)));
    arguments.set(0, "study");
    arguments.addAll(List.of("--seeds", Integer.toString(seeds), "--out", out));
    return arguments.toArray(String[]::new);
  }

  private JsonNode file(String name) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(name).toFile());
  }

  @Test
  void seedsAreSummedUpAndNoneIsRunTwice() throws IOException {
    JsonNode line = run(study(5, 2, "s", "--json")).json();
    assertEquals(2, line.get("finished").asInt());
    double first = line.get("seeds").get(0).get("errors").asInt();
    double second = line.get("seeds").get(1).get("errors").asInt();
    assertEquals((first + second) / 2, line.get("errors").get("mean").asDouble(), 1e-12);
    byte[] model = Files.readAllBytes(folder.resolve("s/seed-02/model.safetensors"));

    String out = run(study(5, 3, "s")).done().out();
    assertTrue(out.contains("seed 2: " + (int) second + " errors in 20"), out);
    assertTrue(out.contains("finished before"), out);
    assertFalse(out.contains("seed 2: step"), "it was run again: " + out);
    assertTrue(out.contains("3 seeds: "), out);
    assertTrue(out.contains("with 95% confidence"), out);
    assertArrayEquals(model, Files.readAllBytes(folder.resolve("s/seed-02/model.safetensors")));
    assertEquals(3, file("s/study.json").get("seeds").size());
    assertEquals(2, file("s/seed-02/config.json").get("seed").asInt());
  }

  @Test
  void aStudyWithHeldOutImagesSumsUpTheirErrors() throws IOException {
    String[] tuned = {"--held-out", "4"};
    JsonNode line = run(study(3, 1, "s", "--held-out", "4", "--json")).json();
    assertEquals(4, line.get("heldOutImages").asInt());
    assertFalse(line.has("testImages"), line.toString());
    String out = run(study(3, 2, "s", tuned)).done().out();
    assertTrue(out.contains(", of 4 held-out images\n") && !out.contains("test"), out);
    run(study(3, 2, "same", tuned)).done();
    String equal = run("study", "--compare", "s", "same").done().out();
    assertTrue(equal.contains(", of 4 held-out images\n"), equal);
    assertEquals(
        4, run("study", "--compare", "s", "same", "--json").json().get("heldOutImages").asInt());

    // As it was when the end of every run was measured on the test images.
    ObjectNode contents = (ObjectNode) file("s/study.json");
    contents
        .get("seeds")
        .forEach(seed -> assertTrue(((ObjectNode) seed).remove("heldOut").asBoolean()));
    Files.writeString(folder.resolve("s/study.json"), contents.toString());
    assertTrue(run(study(3, 2, "s", tuned)).done().out().contains(", of 4 test images\n"));
    String more = run(study(3, 3, "s", tuned)).refused(2);
    assertTrue(more.contains("s has finished were measured on the test images"), more);
    String unlike = run("study", "--compare", "s", "same").refused(2);
    assertTrue(
        unlike.contains("measured on the test images in s and on the held-out images in same"),
        unlike);
  }

  /** It takes a generator minutes to die, so the warning is written by hand here. */
  @Test
  void whatSeedsWereWarnedOfIsSaidAgainAtTheEnd() throws IOException {
    JsonNode quiet = run(study(5, 2, "s", "--json")).json();
    assertEquals(0, quiet.get("warnings").size());
    Files.writeString(
        folder.resolve("s/seed-02/metrics.jsonl"),
        "{\"step\":4,\"warning\":\"the generator has died\"}\n",
        StandardOpenOption.APPEND);
    String out = run(study(5, 2, "s")).done().out();
    assertTrue(out.endsWith("warned: seed 2, step 4: the generator has died\n"), out);
    JsonNode warnings = run(study(5, 2, "s", "--json")).json().get("warnings");
    assertEquals(1, warnings.size());
    assertEquals("step 4: the generator has died", warnings.get("2").get(0).asText());

    Files.move(folder.resolve("s/seed-02"), folder.resolve("elsewhere"));
    String gone = run(study(5, 2, "s")).done().out();
    assertTrue(gone.contains("2 seeds: ") && !gone.contains("warned"), gone);
  }

  /** A seed alone, as train runs it, is the same as in a study, also beside others. */
  @Test
  void aSeedOfAStudyIsTheRunOfThatSeed() throws IOException {
    run(study(5, 2, "s", "--at-once", "2", "--threads", "2")).done();
    run(Samples.train(Samples.shapes(), 5, "--seed", "2", "--threads", "1", "--name", "alone"))
        .done();
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("runs/alone/model.safetensors")),
        Files.readAllBytes(folder.resolve("s/seed-02/model.safetensors")));
  }

  @Test
  void aStoppedSeedGoesOn() throws Exception {
    run(study(MANY, 1, "whole")).done();
    var stopped = GanJar.in(folder).start(study(MANY, 2, "stopped"));
    stopped.awaitOutput("step 1 of " + MANY);
    stopped.signal("TERM");
    GanJar.Result result = stopped.await();
    assertTrue(
        result.out().contains("stopped with 0 of 2 seeds finished; the same command goes on"),
        result::out);
    JsonNode seed = file("stopped/study.json").get("seeds").get(0);
    assertFalse(seed.get("finished").asBoolean());
    assertTrue(seed.get("step").asInt() < MANY, seed.toString());

    run(study(MANY, 1, "stopped")).done();
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/seed-01/model.safetensors")),
        Files.readAllBytes(folder.resolve("stopped/seed-01/model.safetensors")));
    double seconds = file("stopped/study.json").get("seeds").get(0).get("seconds").asDouble();
    assertTrue(seconds > seed.get("seconds").asDouble(), "time is added up");
  }

  @Test
  void aStudyThatIsBeingWrittenIsLeftAlone() throws IOException {
    run(study(3, 1, "s")).done();
    Map<String, Long> before = Samples.checksums(folder.resolve("s"));
    try (FolderLock lock = FolderLock.of(folder.resolve("s"))) {
      String line = run(study(3, 2, "s")).refused(1);
      assertTrue(line.contains("s: another command is writing to this folder"), line);
      assertEquals(before, Samples.checksums(folder.resolve("s")));
    }
    run(study(3, 2, "s")).done();
  }

  @Test
  void anotherConfigIsShownAndRefused() throws IOException {
    run(study(3, 1, "s")).done();
    byte[] before = Files.readAllBytes(folder.resolve("s/study.json"));
    String line = run(study(4, 1, "s", "--shift", "2")).refused(2);
    assertTrue(line.contains("s is a study of other settings"), line);
    assertTrue(line.contains("shift is 0 there, 2 here; steps is 3 there, 4 here"), line);
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("s/study.json")));
  }

  @Test
  void aStudyGoesOnWithItsOwnFolderOfImagesHoweverThatIsNamed() throws IOException {
    Path images = Samples.writeShapes(folder.resolve("shapes"), 20);
    run(study(Path.of("shapes"), 3, 1, "s")).done();
    run(study(images, 3, 1, "s")).done();
    run(study(Path.of("s/../shapes"), 3, 1, "s")).done();
    Files.move(images, folder.resolve("moved"));
    String line = run(study(Path.of("moved"), 3, 2, "s")).refused(2);
    assertTrue(
        line.contains("if these are the same images elsewhere, say so in s/study.json"), line);
    ObjectNode contents = (ObjectNode) file("s/study.json");
    ((ObjectNode) contents.get("settings")).put("data", "moved");
    Files.writeString(folder.resolve("s/study.json"), contents.toString());
    run(study(Path.of("moved"), 3, 2, "s")).done();
    assertEquals(2, file("s/study.json").get("seeds").size());
  }

  /** As it was before there was the term. */
  @Test
  void aStudyWhoseSettingsDoNotSpeakOfATermGoesOnWithoutIt() throws IOException {
    run(study(3, 1, "s")).done();
    ObjectNode contents = (ObjectNode) file("s/study.json");
    assertEquals(0, ((ObjectNode) contents.get("settings")).remove("balance").asDouble());
    Files.writeString(folder.resolve("s/study.json"), contents.toString());
    run(study(3, 2, "s")).done();
    assertEquals(2, file("s/study.json").get("seeds").size());

    ObjectNode settings = (ObjectNode) contents.get("settings");
    settings.put("momentum", 1);
    Files.writeString(folder.resolve("s/study.json"), contents.toString());
    String newer = run(study(3, 3, "s")).refused(2);
    assertTrue(newer.contains("momentum is 1 there, unknown here"), newer);
    settings.put("beta1", 2);
    Files.writeString(folder.resolve("s/study.json"), contents.toString());
    String damaged = run(study(3, 3, "s")).refused(2);
    assertTrue(damaged.contains("study.json: beta1 must be between 0 and 1 but is 2"), damaged);
  }

  /** Fully connected networks teach convolutional ones, each seed's that of its own labels. */
  @Test
  void aStudyIsTaughtSeedBySeedByAnother() throws IOException {
    String[] mlp = {"--preset", "feature-matching-mnist"};
    String[] taught = {"--preset", "conv-ssl", "--teacher", "first"};
    String early = run(study(5, 2, "second", taught)).refused(1);
    assertTrue(early.contains("first is not the folder of a study"), early);
    run(study(5, 1, "first", mlp)).done();
    String unfinished = run(study(5, 2, "second", taught)).refused(1);
    assertTrue(unfinished.contains("first has not finished seed 2 yet"), unfinished);
    assertFalse(Files.exists(folder.resolve("second")), "a folder was made");

    run(study(5, 2, "first", mlp)).done();
    run(study(5, 2, "second", taught)).done();
    assertEquals(
        folder.toRealPath().resolve("first/seed-02").toString(),
        file("second/seed-02/config.json").get("teacher").get(0).asText());
    String other = run(study(5, 2, "second", "--preset", "conv-ssl")).refused(2);
    assertTrue(other.contains("teacher is [\"" + folder.toRealPath()), other);
    String wrong =
        run(Samples.train(
                Samples.shapes(), 5, "--preset", "conv-ssl", "--teacher", "first/seed-02"))
            .refused(2);
    assertTrue(wrong.contains("learnt from other labels: seed is 2 there, 1 here"), wrong);
    String larger =
        run(study(5, 2, "third", "--size", "64", "--preset", "conv-ssl", "--teacher", "first"))
            .refused(2);
    assertTrue(larger.contains("learnt from images of 32x32, and here they are 64x64"), larger);
    assertFalse(Files.exists(folder.resolve("runs")), "a folder was made");
  }

  @Test
  void severalStudiesTeachOne() throws IOException {
    run(study(3, 1, "a", "--preset", "supervised")).done();
    run(study(3, 1, "b")).done();
    run(study(3, 1, "c", "--preset", "conv-ssl", "--teacher", "a,b")).done();
    List<String> teachers = new ArrayList<>();
    file("c/seed-01/config.json").get("teacher").forEach(each -> teachers.add(each.asText()));
    Path here = folder.toRealPath();
    assertEquals(List.of(here + "/a/seed-01", here + "/b/seed-01"), teachers);
  }

  @Test
  void aPresetsTeachersLearnBeforeItAndOnce() throws IOException {
    Path shapes = Samples.writeShapes(folder.resolve("shapes"), 50); // batches of 100
    String[] taught = study(shapes, 3, 1, "here/pupil", "--preset", "conv-ssl-mnist", "--json");
    String train = run(Samples.train(shapes, 3, "--preset", "conv-ssl-mnist")).refused(2);
    assertTrue(train.contains("is taught by runs of feature-matching-short; 'study' makes"), train);
    assertEquals("here/pupil", run(taught).json().get("study").asText());
    JsonNode teacher = file("here/feature-matching-short/study.json");
    JsonNode pupil = file("here/pupil/study.json");
    assertEquals(
        folder.toRealPath().resolve("here/feature-matching-short/seed-01").toString(),
        file("here/pupil/seed-01/config.json").get("teacher").get(0).asText());
    for (String shared : new String[] {"data", "labels", "heldOut", "precision"}) {
      assertEquals(pupil.get("settings").get(shared), teacher.get("settings").get(shared), shared);
    }
    run(taught).done();
    assertEquals(teacher, file("here/feature-matching-short/study.json"), "it learnt again");

    String same =
        run(study(shapes, 3, 1, "feature-matching-short", "--preset", "conv-ssl-mnist")).refused(2);
    assertTrue(same.contains("is where the study of a teacher goes"), same);
    String other =
        run(study(shapes, 4, 1, "here/pupil", "--preset", "conv-ssl-mnist", "--seed", "1"))
            .refused(2);
    assertTrue(other.contains("steps is 3 there, 4 here"), other);
    assertFalse(Files.exists(folder.resolve("feature-matching-short")), "a folder was made");
  }

  /** As it was when a run could have one teacher at most. */
  @Test
  void aStudyWithOneTeacherInItsFileGoesOn() throws IOException {
    run(study(3, 2, "first")).done();
    String[] taught = {"--preset", "conv-ssl", "--teacher", "first"};
    run(study(3, 1, "second", taught)).done();
    ObjectNode contents = (ObjectNode) file("second/study.json");
    ObjectNode settings = (ObjectNode) contents.get("settings");
    settings.put("teacher", settings.get("teacher").get(0).asText());
    Files.writeString(folder.resolve("second/study.json"), contents.toString());
    run(study(3, 2, "second", taught)).done();
    assertEquals(2, file("second/study.json").get("seeds").size());
  }

  @Test
  void twoStudiesAreComparedSeedBySeed() throws IOException {
    run(study(3, 2, "a")).done();
    run(study(40, 3, "b")).done();
    JsonNode line = run("study", "--compare", "a", "b", "--json").json();
    assertEquals(2, line.get("difference").get("count").asInt());
    double difference = 0;
    for (int i = 0; i < 2; i++) {
      difference +=
          file("a/study.json").get("seeds").get(i).get("errors").asInt()
              - file("b/study.json").get("seeds").get(i).get("errors").asInt();
    }
    assertEquals(difference / 2, line.get("difference").get("mean").asDouble(), 1e-12);
    String text = run("study", "--compare", "a", "b").done().out();
    assertTrue(text.contains("over 2 seeds in common the first makes"), text);
    run(study(3, 1, "fewer", "--held-out", "2")).done();
    String other = run("study", "--compare", "a", "fewer").refused(2);
    assertTrue(other.contains("heldOut is 2 there, 0 here"), other);
    String more =
        run("study", "--compare", "a", "b", "--labels", "7", "--rate", "-3", "--at-once", "1")
            .refused(2);
    assertTrue(more.endsWith("leave out --labels, --rate, --at-once"), more);
    run("study", "--compare", "a", "b", "--verbose").done();
    String none = run("study", "--compare", "a", "nowhere").refused(1);
    assertTrue(none.contains("nowhere is not the folder of a study"), none);
  }

  @Test
  void whatCannotBeStudiedIsRefusedBeforeAnythingIsWritten() {
    assertTrue(
        run("study", "--labels", "0", "--steps", "1")
            .refused(2)
            .contains("a study counts errors of classification, but labels is 0"));
    assertTrue(run("study", "--seeds", "0").refused(2).contains("--seeds must be positive"));
    assertTrue(run("study", "--labels", "7").refused(2).contains("labels is 7, expected"));
    assertTrue(
        run("study", "--preset", "gan").refused(2).contains("there is no preset 'gan'; there are"));
    assertTrue(
        run(study(3, 1, "studies", "--preset", "conv-ssl", "--teacher", "gone"))
            .refused(1)
            .contains("gone is not the folder of a study"));
    assertFalse(Files.exists(folder.resolve("studies")), "a folder was made");
  }
}
