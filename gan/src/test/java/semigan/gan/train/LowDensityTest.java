package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.Subset;
import semigan.gan.model.GanModel;
import semigan.gan.store.RunFolder;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

class LowDensityTest {
  private static final int IMAGES = 100;
  private static final float QUANTILE = 0.1f;
  private static final Shape SHAPE = Shape.of(1, 28, 28, 1);

  /** After these the density knows little more than where glyphs have ink at all. */
  private static final int DENSITY_STEPS = LowDensity.steps(IMAGES);

  private static final DataSplit GLYPHS =
      DataSets.open("glyphs", DataOptions.defaults()).map(all -> Subset.sample(all, IMAGES, 1));

  private final Backend device = Backends.open("cpu");
  private final Scope scope = Scope.open(device);

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  private static TrainConfig config(float weight) {
    return TrainConfig.of(
        Map.ofEntries(
            Map.entry("labels", 20),
            Map.entry("size", 28),
            Map.entry("architecture", "mlp"),
            Map.entry("latent", 20),
            Map.entry("steps", 20),
            Map.entry("batch", 20),
            Map.entry("labelledBatch", 20),
            Map.entry("generatorLoss", "feature-matching"),
            Map.entry("generatorRate", 0.001f),
            Map.entry("discriminatorRate", 0.001f),
            Map.entry("density", weight),
            Map.entry("densityQuantile", QUANTILE),
            Map.entry("checkpointEvery", 10)));
  }

  private LowDensity learnt(TrainConfig config, int steps) {
    RunData data = RunData.of(config, GLYPHS);
    var term = new LowDensity(config, data.spec(), device);
    term.learn(data.train(), steps, () -> false, message -> {});
    return term;
  }

  @Test
  void theThresholdLeavesTheGivenShareOfTheTrainingImagesBelow() {
    LowDensity term = learnt(config(1), DENSITY_STEPS);
    int above = 0;
    for (int i = 0; i < IMAGES; i++) {
      above += term.of(image(GLYPHS.train(), i)).item() > 0 ? 1 : 0;
    }
    assertEquals((1 - QUANTILE) * IMAGES, above, 1);
    float[] noise = new RandomSource(device, 1).uniform(DType.F32, SHAPE, -1, 1).toFloats();
    assertEquals(0, term.of(Tensor.of(device, SHAPE, noise)).item(), "noise is not dense");
  }

  private Tensor image(ImageDataset images, int index) {
    float[] pixels = new float[images.imageLength()];
    images.read(index, pixels, 0);
    return Tensor.of(device, SHAPE, pixels);
  }

  @Test
  void itTakesGeneratedImagesOutOfDenseRegions() {
    LowDensity judge = learnt(config(1), DENSITY_STEPS);
    double without = judge.of(drawn(config(0))).item();
    double with = judge.of(drawn(config(0.02f))).item();
    assertTrue(without > 10, "there is density to lose, but only " + without);
    assertTrue(with < without / 2, "%s with the term, %s without".formatted(with, without));
  }

  /** By a generator after some steps. */
  private Tensor drawn(TrainConfig config) {
    RunData data = RunData.of(config, GLYPHS);
    try (StepLoaders loaders = new StepLoaders(config, data.train(), data.labelled(), 0);
        GanTrainer trainer = new GanTrainer(config, data.spec(), device)) {
      trainer.initialise(loaders.next().unlabelled().images());
      trainer
          .lowDensity()
          .ifPresent(term -> term.learn(data.train(), DENSITY_STEPS, () -> false, message -> {}));
      for (int step = 1; step <= 60; step++) {
        trainer.step(step, loaders.next());
      }
      GanModel model = trainer.model();
      Tensor latents = model.latents(new RandomSource(device, 7), DType.F32, 100);
      return model.generator().forward(latents, Mode.TRAIN);
    }
  }

  @Test
  void aRunWithoutTheTermHasNoDensity() {
    TrainConfig config = TrainConfig.of(Map.of("steps", 1, "labels", 20));
    assertEquals(0, config.objective().density());
    assertTrue(states(config).isEmpty());
    assertFalse(states(config(1)).isEmpty());
    assertTrue(states(config(1).baseline(10)).isEmpty());
  }

  private List<String> states(TrainConfig config) {
    RunData data = RunData.of(config, GLYPHS);
    try (GanTrainer trainer = new GanTrainer(config, data.spec(), device)) {
      return trainer.state().keySet().stream().filter(name -> name.startsWith("density")).toList();
    }
  }

  /** It stops while the density is learnt, and again after ten of twenty steps. */
  @Test
  void aResumedRunNeitherLearnsTheDensityAgainNorDiffers(@TempDir Path runs) throws IOException {
    RunFolder whole = RunFolder.create(runs.resolve("whole"));
    assertEquals(2, train(whole, 20).size());
    RunFolder broken = RunFolder.create(runs.resolve("broken"));
    assertEquals(1, train(broken, 0).size(), "begins to learn");
    assertEquals(2, train(broken, 10).size(), "learns from the start");
    assertEquals(0, train(broken, 20).size(), "has learnt");
    assertArrayEquals(checkpoint(whole), checkpoint(broken));
  }

  private static byte[] checkpoint(RunFolder folder) throws IOException {
    return Files.readAllBytes(folder.checkpoints().resolve("000020.safetensors"));
  }

  /** Gives what was said of the density. */
  private List<String> train(RunFolder folder, long steps) {
    TrainingRun run = new TrainingRun(config(1), GLYPHS, device);
    List<String> heard = new ArrayList<>();
    run.run(
        folder,
        new TrainingListener() {
          @Override
          public void step(long step, long of, StepLosses losses, double imagesPerSecond) {
            if (step == steps) {
              run.requestStop();
            }
          }

          @Override
          public void message(String line) {
            if (line.contains("density")) {
              heard.add(line);
              if (steps == 0) {
                run.requestStop();
              }
            }
          }
        });
    return heard;
  }
}
