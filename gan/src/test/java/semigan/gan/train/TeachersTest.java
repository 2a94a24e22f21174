package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static semigan.gan.train.Devices.open;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.PaddedDataset;
import semigan.gan.model.Architecture;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.store.JsonFile;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.nn.Mode;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Softmax;

/** A run that is taught by the classifiers of others. */
class TeachersTest {
  private static final DataSplit GLYPHS = DataSets.open("glyphs", DataOptions.defaults());
  private static final int STEPS = 3;

  @TempDir Path folder;

  private TrainConfig config(Architecture architecture, Map<String, ?> more) {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("architecture", architecture);
    settings.put("size", architecture.canvas(28, 28));
    settings.putAll(
        Map.of("labels", 20, "steps", STEPS, "batch", 6, "labelledBatch", 4, "filters", 4));
    settings.putAll(more);
    return TrainConfig.of(settings);
  }

  private TrainConfig untaught(Map<String, ?> more) {
    Map<String, Object> settings =
        new TreeMap<>(Map.of("latent", 0, "consistency", 1, "confidence", 0));
    settings.putAll(more);
    return config(Architecture.CONV, settings);
  }

  private TrainConfig taught(Map<String, ?> more) {
    Map<String, Object> settings = new TreeMap<>(Map.of("teacher", List.of(teacher().toString())));
    settings.putAll(more);
    return untaught(settings);
  }

  private Path teacher() {
    return folder.resolve("teacher");
  }

  /** Leaves a run as a finished one leaves it, with fresh weights. */
  private GanModel makeTeacher(Architecture architecture, Backend device) throws IOException {
    return makeTeacher(architecture, teacher(), device);
  }

  private GanModel makeTeacher(Architecture architecture, Path place, Backend device)
      throws IOException {
    return makeTeacher(config(architecture, Map.of("latent", 0)), GLYPHS, place, device);
  }

  private static GanModel makeTeacher(
      TrainConfig config, DataSplit data, Path place, Backend device) throws IOException {
    RunFolder run = RunFolder.openOrCreate(place);
    JsonFile.write(run.config(), config);
    GanModel model = GanModel.create(RunData.of(config, data).spec(), new RandomSource(device, 7));
    model.save(run.model());
    return model;
  }

  /** As it learnt from them, not on the pupil's larger canvas, also where a pixel is odd. */
  @ParameterizedTest
  @ValueSource(ints = {28, 29})
  void itSeesImagesOnItsOwnCanvas(int width) throws IOException {
    DataSplit wide = GLYPHS.map(part -> new PaddedDataset(part, part.height(), width));
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      TrainConfig its = config(Architecture.MLP, Map.of("latent", 0, "size", width));
      GanModel model = makeTeacher(its, wide, teacher(), scope.device());
      TrainConfig config = taught(Map.of());
      RunData data = RunData.of(config, wide);
      Teachers teacher = Teachers.of(config, data.spec(), device);
      float[] found = teacher.probabilities(images(data.train(), 3, device)).toFloats();
      Tensor original = images(RunData.of(its, wide).train(), 3, device);
      Tensor logits = model.discriminator().forward(original, Mode.EVAL);
      assertArrayEquals(Softmax.softmax(logits).toFloats(), found, 1e-6f);
    }
  }

  /** In the order of the unlabelled ones, and distorted by itself, if at all. */
  @Test
  void itHasAViewOfItsOwnOfTheUnlabelledImages() {
    StepBatches plain = firstBatches(Map.of());
    float[] original = plain.unlabelled().images();
    assertArrayEquals(original, plain.forTeacher().images());
    StepBatches distorted = firstBatches(Map.of("distortion", 0.5f));
    assertFalse(Arrays.equals(original, distorted.unlabelled().images()));
    assertArrayEquals(original, distorted.forTeacher().images());
    StepBatches both = firstBatches(Map.of("distortion", 0.5f, "teacherDistortion", 0.5f));
    assertFalse(Arrays.equals(original, both.forTeacher().images()));
    assertFalse(Arrays.equals(both.unlabelled().images(), both.forTeacher().images()));
    assertArrayEquals(both.unlabelled().labels(), both.forTeacher().labels());
  }

  private StepBatches firstBatches(Map<String, ?> more) {
    TrainConfig config = untaught(more);
    RunData data = RunData.of(config, GLYPHS);
    try (StepLoaders loaders = new StepLoaders(config, data.train(), data.labelled(), 0)) {
      return loaders.next();
    }
  }

  /** Each on its own canvas. */
  @Test
  void severalSayWhatTheySayOnAverage() throws IOException {
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      List<Path> places =
          List.of(folder.resolve("mlp"), folder.resolve("conv"), folder.resolve("gan"));
      List<Architecture> kinds = List.of(Architecture.MLP, Architecture.CONV, Architecture.DCGAN);
      RunData data = RunData.of(untaught(Map.of()), GLYPHS);
      Tensor images = images(data.train(), 3, device);
      double[] expected = new double[3 * data.spec().classes().size()];
      for (int i = 0; i < places.size(); i++) {
        makeTeacher(kinds.get(i), places.get(i), scope.device());
        double[] one = probabilities(List.of(places.get(i)), data, images);
        Arrays.setAll(expected, at -> expected[at] + one[at] / places.size());
      }
      assertArrayEquals(expected, probabilities(places, data, images), 1e-6);
    }
  }

  @Test
  void oneThatWasStoppedDoesNotTeach() throws IOException {
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      makeTeacher(Architecture.CONV, scope.device());
      Path checkpoints = RunFolder.open(teacher()).checkpoints();
      Files.createFile(checkpoints.resolve("%06d.safetensors".formatted(STEPS - 1)));
      TrainConfig config = taught(Map.of());
      String message = assertThrows(StoreException.class, () -> Teachers.find(config)).getMessage();
      assertEquals(
          "teacher %s was stopped at step 2 of 3; finish it with train --resume %s"
              .formatted(teacher(), teacher()),
          message);
      Files.createFile(checkpoints.resolve("%06d.safetensors".formatted(STEPS)));
      assertEquals(1, Teachers.find(config).size());
    }
  }

  private double[] probabilities(List<Path> places, RunData data, Tensor images) {
    TrainConfig config = untaught(Map.of("teacher", places.stream().map(Path::toString).toList()));
    return Teachers.of(config, data.spec(), images.device()).probabilities(images).toDoubles();
  }

  /** A file from when there could be one at most. */
  @Test
  void anOlderFileHasOneOrNone() {
    assertEquals(List.of("a"), untaught(Map.of("teacher", "a")).images().teacher());
    Map<String, Object> none = new TreeMap<>();
    none.put("teacher", null);
    assertEquals(List.of(), untaught(none).images().teacher());
  }

  private static Tensor images(ImageDataset set, int count, Backend device) {
    float[] pixels = new float[count * set.imageLength()];
    for (int i = 0; i < count; i++) {
      set.read(i, pixels, i * set.imageLength());
    }
    return Tensor.of(device, Shape.of(count, set.height(), set.width(), set.channels()), pixels);
  }

  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void taughtStepsAreTheSameOnEveryDevice(String name) throws IOException {
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      makeTeacher(Architecture.MLP, scope.device());
    }
    TrainConfig config = taught(Map.of());
    List<StepLosses> found = losses(open(name), config);
    List<StepLosses> expected = losses(open("reference"), config);
    List<StepLosses> alone = losses(open("reference"), untaught(Map.of()));
    for (int i = 0; i < STEPS; i++) {
      float there = expected.get(i).regulariser();
      assertEquals(there, found.get(i).regulariser(), 1e-4f, name + ", step " + (i + 1));
      assertTrue(Math.abs(there - alone.get(i).regulariser()) > 1e-3, "the teacher is not heard");
    }
  }

  /** Closes the device. */
  private static List<StepLosses> losses(Backend device, TrainConfig config) {
    RunData data = RunData.of(config, GLYPHS);
    List<StepLosses> losses = new ArrayList<>();
    try (device;
        Scope scope = Scope.open(device);
        StepLoaders loaders = new StepLoaders(config, data.train(), data.labelled(), 0);
        GanTrainer trainer = new GanTrainer(config, data.spec(), scope.device())) {
      for (int step = 1; step <= STEPS; step++) {
        losses.add(trainer.step(step, loaders.next()).losses());
      }
    }
    return losses;
  }

  @Test
  void oneThatKnowsOtherLabelsIsRefused() throws IOException {
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      assertThrows(StoreException.class, () -> Teachers.find(taught(Map.of())));
      makeTeacher(Architecture.MLP, scope.device());
      Teachers.find(taught(Map.of()));
      var refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> Teachers.find(taught(Map.of("labels", 40, "seed", 2))));
      assertTrue(
          refusal.getMessage().contains("labels is 20 there, 40 here; seed is 1 there, 2 here"),
          refusal.getMessage());
    }
  }

  /** Glyphs are numbered, which goes with any names. */
  @Test
  void oneWithOtherNamesForTheClassesIsRefused() throws IOException {
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      ModelSpec numbered = makeTeacher(Architecture.MLP, scope.device()).spec();
      ModelSpec named = withClasses(numbered, "abcdefghij");
      TrainConfig config = taught(Map.of());
      Teachers.require(config, named);
      GanModel.create(named, new RandomSource(scope.device(), 7))
          .save(RunFolder.open(teacher()).model());
      Teachers.require(config, named);
      Teachers.require(config, numbered);
      ModelSpec renamed = withClasses(numbered, "bcdefghijz");
      String refusal =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Teachers.of(config, renamed, scope.device()))
              .getMessage();
      assertTrue(
          refusal.contains("classes a, b, c, d, e, f, g, h, i, j, but the data has b, c"), refusal);
    }
  }

  private static ModelSpec withClasses(ModelSpec spec, String letters) {
    return new ModelSpec(
        spec.architecture(),
        spec.canvas(),
        spec.height(),
        spec.width(),
        spec.channels(),
        spec.filters(),
        spec.latent(),
        List.of(letters.split("")));
  }

  @Test
  void oneThatNobodyAsksIsRefused() {
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> taught(Map.of("consistency", 0)));
    assertTrue(refusal.getMessage().contains("consistency is 0"), refusal.getMessage());
  }

  @Test
  void oneOfALargerCanvasIsRefused() throws IOException {
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      makeTeacher(Architecture.CONV, scope.device());
      TrainConfig config =
          config(
              Architecture.MLP,
              Map.of("latent", 0, "consistency", 1, "teacher", teacher().toString()));
      var refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> Teachers.of(config, RunData.of(config, GLYPHS).spec(), device));
      assertTrue(refusal.getMessage().contains("a canvas of 32, larger than 28 here"));
    }
  }
}
