package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static semigan.gan.train.Devices.open;
import static semigan.gan.train.Traces.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.gan.data.Batch;
import semigan.gan.data.BatchLoader;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.LabelSplit;
import semigan.gan.data.PaddedDataset;
import semigan.gan.model.Architecture;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.kernels.ProfiledBackend;
import semigan.tensor.Scope;
import semigan.tensor.Tensor;

/** The training step, seen from outside: its losses, its weights and its memory. */
class GanTrainerTest {
  private static final int BATCH = 6;
  private static final int LABELLED = 4;

  /** Ten steps with all terms of the loss multiply a rounding error; F32 has 6e-8. */
  private static final float TRACE_TOLERANCE = 1e-5f;

  /** BF16 rounds each activation by up to 2^-9 of it; losses are means of many. */
  private static final float BF16_TOLERANCE = 1e-2f;

  static Stream<Arguments> lossesOnDevices() {
    return Backends.names().stream()
        .flatMap(
            name -> Arrays.stream(GeneratorLoss.values()).map(loss -> Arguments.of(loss, name)));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("lossesOnDevices")
  void tenStepsGiveTheSameLossesOnEveryDevice(GeneratorLoss loss, String name) {
    List<StepLosses> found = trace(open(name), loss, 2e-4f, 10);
    List<StepLosses> expected = trace(open("reference"), loss, 2e-4f, 10);
    assertClose(name, expected, found, TRACE_TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void tenStepsOnAugmentedImagesGiveTheSameLossesOnEveryDevice(String name) {
    List<StepLosses> found = trace(open(name), augmented(), 10);
    List<StepLosses> expected = trace(open("reference"), augmented(), 10);
    assertClose(name, expected, found, TRACE_TOLERANCE);
  }

  /** Real and generated ones in the discriminator's step, generated ones in the generator's. */
  @Test
  void everyImageIsAugmentedAndTheGeneratorLearnsThroughThat() {
    Map<String, Long> bytes = augmentedBytes(augmented());
    assertEquals(Set.of("forward", "backward"), bytes.keySet());
    long ofAnImage = bytes.get("backward") / BATCH;
    assertEquals((LABELLED + 3 * BATCH) * ofAnImage, bytes.get("forward"));
    assertEquals(Map.of(), augmentedBytes(config(GeneratorLoss.BOTH, 2e-4f, 1)));
  }

  /** How many bytes each kernel of augmentation reads and writes in a step. */
  private static Map<String, Long> augmentedBytes(TrainConfig config) {
    var device = new ProfiledBackend(open("cpu"));
    trace(device, config, 1);
    return device.rows().stream()
        .filter(row -> row.kernel().startsWith("augment "))
        .collect(
            Collectors.toMap(
                row -> row.kernel().split(" ")[1], ProfiledBackend.Row::bytes, Long::sum));
  }

  /** Rounded to 8 bits, ten steps stay near those in F32; a device without BF16 says so. */
  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void tenStepsInBf16HaveNearlyTheLossesOfF32(String name) {
    TrainConfig rounded = config(GeneratorLoss.BOTH, 2e-4f, 1, Precision.BF16);
    Backend device = open(name);
    if (!device.supports(DType.BF16)) {
      try (device) {
        var refusal =
            assertThrows(
                IllegalArgumentException.class, () -> new GanTrainer(rounded, SPEC, device));
        assertTrue(refusal.getMessage().startsWith("--precision bf16"), refusal.getMessage());
      }
      return;
    }
    List<StepLosses> found = trace(device, rounded, 10);
    List<StepLosses> expected = trace(open("reference"), GeneratorLoss.BOTH, 2e-4f, 10);
    assertClose(name, expected, found, BF16_TOLERANCE);
  }

  /** A profiled device does not record. */
  @Test
  void aRecordedStepGivesTheBitsOfOneThatIsNot() {
    float[] recorded = weightsAfter(open("cuda"), 6, 1);
    assertArrayEquals(weightsAfter(new ProfiledBackend(open("cuda")), 6, 1), recorded);
  }

  /** Its draws follow the step's number, although the host is not asked. */
  @Test
  void aRecordedStepAugmentsAsOneThatIsNot() {
    float[] recorded = weightsAfter(open("cuda"), augmented(), 6);
    assertArrayEquals(weightsAfter(new ProfiledBackend(open("cuda")), augmented(), 6), recorded);
  }

  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void batchesOfAnotherSizeAreStepsOfTheirOwn(String name) {
    try (Backend device = open(name);
        Scope scope = Scope.open(device);
        Feed feed = new Feed(1);
        GanTrainer trainer =
            new GanTrainer(config(GeneratorLoss.BOTH, 2e-4f, 1), SPEC, scope.device())) {
      for (int step = 1; step <= 3; step++) {
        feed.step(trainer, step);
      }
      for (int step = 4; step <= 6; step++) {
        assertEquals(
            0,
            trainer.step(step, StepBatches.of(null, feed.unlabelled.next())).losses().labelled());
      }
      assertTrue(feed.step(trainer, 7).labelled() > 0);
    }
  }

  @Test
  void theLossesBeginWhereAnUntrainedNetworkMustAndFall() {
    List<StepLosses> trace = trace(open("cpu"), GeneratorLoss.BOTH, 2e-3f, 60);
    assertEquals(Math.log(10), trace.get(0).labelled(), 1, "ten classes, nothing known");
    assertTrue(trace.get(59).labelled() < 0.5 * trace.get(0).labelled(), trace.toString());
    assertTrue(trace.get(59).fake() < 0.7 * trace.get(0).fake(), trace.toString());
  }

  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void theSameSeedGivesTheSameWeightsBitForBit(String name) {
    assertArrayEquals(weightsAfter(open(name), 5, 1), weightsAfter(open(name), 5, 1));
  }

  @Test
  void anotherSeedGivesOtherWeights() {
    assertFalse(Arrays.equals(weightsAfter(open("cpu"), 1, 1), weightsAfter(open("cpu"), 1, 2)));
  }

  @Test
  void liveBytesAreTheSameAfterEveryStep() {
    try (Backend device = Backends.open("cpu")) {
      try (Scope scope = Scope.open(device);
          Feed feed = new Feed(1)) {
        GanTrainer trainer = new GanTrainer(config(GeneratorLoss.BOTH, 2e-4f, 1), SPEC, device);
        feed.step(trainer, 1);
        long live = scope.device().memory().live();
        feed.step(trainer, 2);
        long peak = device.memory().peak();
        for (int step = 3; step <= 60; step++) {
          feed.step(trainer, step);
          assertEquals(live, device.memory().live(), "live after step " + step);
          assertEquals(peak, device.memory().peak(), "peak after step " + step);
        }
      }
      assertEquals(0, device.memory().live());
    }
  }

  @Test
  void aStepWithoutLabelsLearnsToo() {
    try (Backend device = Backends.open("cpu");
        Scope scope = Scope.open(device);
        Feed feed = new Feed(1)) {
      GanTrainer trainer =
          new GanTrainer(config(GeneratorLoss.ADVERSARIAL, 2e-4f, 1), SPEC, scope.device());
      assertEquals(
          0, trainer.step(1, StepBatches.of(null, feed.unlabelled.next())).losses().labelled());
    }
  }

  @Test
  void divergenceNamesTheStepAndTheLayer() {
    try (Backend device = Backends.open("cpu");
        Scope scope = Scope.open(device);
        Feed feed = new Feed(1)) {
      GanTrainer trainer =
          new GanTrainer(config(GeneratorLoss.BOTH, 1e30f, 1), SPEC, scope.device());
      var failure =
          assertThrows(
              DivergedException.class,
              () -> {
                for (int step = 1; step < 20; step++) {
                  feed.step(trainer, step);
                }
              });
      assertTrue(
          failure
              .getMessage()
              .matches("step \\d+: a loss or a gradient is not finite .*first in layer .*"),
          failure.getMessage());
    }
  }

  /** Some devices' ReLU makes 0 of what is no number, and so the loss finite. */
  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void whatReluHidesFromTheLossIsDivergenceToo(String name) {
    ModelSpec spec = new ModelSpec(Architecture.MLP, 32, 32, 32, 1, 4, 5, SPEC.classes());
    try (Backend device = open(name);
        Scope scope = Scope.open(device);
        Feed feed = new Feed(1)) {
      GanTrainer trainer =
          new GanTrainer(config(GeneratorLoss.FEATURE_MATCHING, 2e-4f, 1), spec, scope.device());
      Tensor weight = trainer.state().get("model.discriminator.features.3.weight");
      weight.assign(Tensor.full(scope.device(), weight.type(), weight.shape(), Float.NaN));
      var failure = assertThrows(DivergedException.class, () -> feed.step(trainer, 1));
      assertTrue(failure.getMessage().contains("discriminator"), failure.getMessage());
    }
  }

  /** Adam's first step moves a weight by the rate, unless its gradient is next to nothing. */
  @ParameterizedTest
  @CsvSource({"0.25, 1, 0.25", "0.9, 0.2, 0.9", "1, 0, 1"})
  void ratesAndRampAreThoseOfThePlaceInTheRun(double done, float rate, float ramp) {
    Map<String, Object> settings = new TreeMap<>(Map.of("steps", 10, "entropy", 1, "rampUp", 1));
    settings.putAll(Map.of("generatorRate", 0.001, "discriminatorRate", 0.002, "decayFrom", 0.5));
    try (Backend device = Backends.open("cpu");
        Scope scope = Scope.open(device);
        Feed feed = new Feed(1)) {
      GanTrainer trainer = new GanTrainer(TrainConfig.of(settings), SPEC, scope.device());
      Tensor generator = trainer.model().generator().parameters().get("0.weight");
      Tensor discriminator = trainer.model().discriminator().parameters().get("features.0.weight");
      float[] generatorBefore = generator.toFloats();
      float[] discriminatorBefore = discriminator.toFloats();
      trainer.adjustTo(done);
      double regulariser = feed.step(trainer, 1).regulariser();
      assertEquals(rate * 0.001, farthest(generatorBefore, generator), 1e-7);
      assertEquals(rate * 0.002, farthest(discriminatorBefore, discriminator), 1e-7);
      // Nothing is known yet: the entropy is that of ten classes.
      assertEquals(ramp * Math.log(10), regulariser, 0.05 * ramp);
    }
  }

  private static double farthest(float[] before, Tensor after) {
    float[] moved = after.toFloats();
    return IntStream.range(0, moved.length)
        .mapToDouble(i -> Math.abs(moved[i] - before[i]))
        .max()
        .orElseThrow();
  }

  /** Here one that is sure of the first class, while the model knows nothing yet. */
  @Test
  void consistencyAsksTheAverage() {
    TrainConfig config = TrainConfig.of(Map.of("steps", 10, "consistency", 1));
    try (Backend device = Backends.open("cpu");
        Scope scope = Scope.open(device);
        Feed feed = new Feed(1)) {
      GanTrainer trainer = new GanTrainer(config, SPEC, scope.device());
      Map<String, Tensor> average = trainer.average().discriminator().parameters();
      average.get("classifier.bias").assign(new float[] {100, 0, 0, 0, 0, 0, 0, 0, 0, 0});
      Batch images = feed.unlabelled.next();
      StepReport report = trainer.step(1, new StepBatches(null, images, images, null));
      assertEquals(Math.log(10), report.losses().regulariser(), 0.2);
    }
  }

  @Test
  void theAverageIsAModelOfItsOwn() {
    try (Backend device = Backends.open("cpu");
        Scope scope = Scope.open(device);
        Feed feed = new Feed(1)) {
      GanTrainer trainer =
          new GanTrainer(config(GeneratorLoss.BOTH, 2e-4f, 1), SPEC, scope.device());
      feed.step(trainer, 1);
      feed.step(trainer, 2);
      Map<String, Tensor> state = trainer.state();
      GanModel average = trainer.average();
      float[] averaged = average.generator().parameters().get("0.weight").toFloats();
      float[] raw = state.get("model.generator.0.weight").toFloats();
      assertFalse(Arrays.equals(averaged, raw));
      assertArrayEquals(averaged, state.get("average.generator.0.weight").toFloats());
    }
  }

  /** Closes the device. */
  private static float[] weightsAfter(Backend device, int steps, long seed) {
    return weightsAfter(device, config(GeneratorLoss.BOTH, 2e-4f, seed), steps);
  }

  private static float[] weightsAfter(Backend device, TrainConfig config, int steps) {
    try (device;
        Scope scope = Scope.open(device);
        Feed feed = new Feed(config.run().seed());
        GanTrainer trainer = new GanTrainer(config, SPEC, scope.device())) {
      for (int step = 1; step <= steps; step++) {
        feed.step(trainer, step);
      }
      var all = new ArrayList<float[]>();
      int length = 0;
      for (Tensor tensor : trainer.state().values()) {
        all.add(tensor.toFloats());
        length += all.get(all.size() - 1).length;
      }
      float[] flat = new float[length];
      int at = 0;
      for (float[] part : all) {
        System.arraycopy(part, 0, flat, at, part.length);
        at += part.length;
      }
      return flat;
    }
  }

  /** Closes the device. */
  private static List<StepLosses> trace(Backend device, GeneratorLoss loss, float rate, int steps) {
    return trace(device, config(loss, rate, 1), steps);
  }

  private static List<StepLosses> trace(Backend device, TrainConfig config, int steps) {
    List<StepLosses> trace = new ArrayList<>();
    try (device;
        Scope scope = Scope.open(device);
        Feed feed = new Feed(1);
        GanTrainer trainer = new GanTrainer(config, SPEC, scope.device())) {
      for (int step = 1; step <= steps; step++) {
        trace.add(feed.step(trainer, step));
      }
    }
    return trace;
  }

  private static final ImageDataset IMAGES =
      new PaddedDataset(DataSets.open("glyphs", DataOptions.defaults()).train(), 32, 32);

  private static final ModelSpec SPEC =
      new ModelSpec(Architecture.DCGAN, 32, 28, 28, 1, 4, 8, IMAGES.classNames());

  private static TrainConfig config(GeneratorLoss loss, float rate, long seed) {
    return config(loss, rate, seed, Precision.F32);
  }

  private static TrainConfig config(
      GeneratorLoss loss, float rate, long seed, Precision precision) {
    return config(loss, rate, seed, precision, Set.of());
  }

  private static TrainConfig augmented() {
    Set<DiffAugment> everything = EnumSet.allOf(DiffAugment.class);
    return config(GeneratorLoss.BOTH, 2e-4f, 1, Precision.F32, everything);
  }

  private static TrainConfig config(
      GeneratorLoss loss, float rate, long seed, Precision precision, Set<DiffAugment> augment) {
    return TrainConfig.of(
        Map.ofEntries(
            Map.entry("labels", 20),
            Map.entry("steps", 10),
            Map.entry("batch", BATCH),
            Map.entry("labelledBatch", LABELLED),
            Map.entry("augment", augment),
            Map.entry("filters", 4),
            Map.entry("latent", 8),
            Map.entry("generatorLoss", loss),
            Map.entry("generatorRate", rate),
            Map.entry("discriminatorRate", rate),
            Map.entry("decayFrom", 1),
            Map.entry("averagingRate", 0.01f),
            Map.entry("seed", seed),
            Map.entry("precision", precision)));
  }

  /** Batches as a training run prepares them. */
  private static final class Feed implements AutoCloseable {
    private final BatchLoader labelled;
    private final BatchLoader unlabelled;

    Feed(long seed) {
      int[] all = IntStream.range(0, IMAGES.size()).toArray();
      labelled =
          new BatchLoader(IMAGES, LabelSplit.choose(IMAGES, 20, seed), LABELLED, seed, 0, null);
      unlabelled = new BatchLoader(IMAGES, all, BATCH, seed + 1, 0, null);
    }

    StepLosses step(GanTrainer trainer, long number) {
      Batch known = labelled.next();
      return trainer.step(number, StepBatches.of(known, unlabelled.next())).losses();
    }

    @Override
    public void close() {
      labelled.close();
      unlabelled.close();
    }
  }
}
