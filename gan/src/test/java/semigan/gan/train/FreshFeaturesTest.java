package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static semigan.gan.train.Devices.open;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.kernels.ProfiledBackend;
import semigan.tensor.Scope;

/** Whether the generator's step goes on with the images of the discriminator's. */
class FreshFeaturesTest {
  private static final DataSplit GLYPHS = DataSets.open("glyphs", DataOptions.defaults());

  /** As published: held to the images of the discriminator's step, a generator dies. */
  @Test
  void whereItIsAskedForTheGeneratorsStepDrawsImagesOfItsOwn() {
    assertEquals(1, latentsDrawn(false));
    assertEquals(2, latentsDrawn(true));
  }

  @Test
  void itHoldsThemAgainstRealImagesInAnOrderOfTheirOwn() {
    TrainConfig config = config(true);
    RunData data = RunData.of(config, GLYPHS);
    try (StepLoaders loaders = new StepLoaders(config, data.train(), data.labelled(), 0)) {
      StepBatches batches = loaders.next();
      float[] others = batches.others().images();
      assertEquals(batches.unlabelled().images().length, others.length);
      assertFalse(Arrays.equals(batches.unlabelled().images(), others));
    }
  }

  private static TrainConfig config(boolean freshFeatures) {
    Map<String, Object> settings = new TreeMap<>(Map.of("labels", 20, "steps", 1, "size", 32));
    settings.putAll(Map.of("batch", 6, "labelledBatch", 4, "filters", 4, "latent", 8));
    settings.putAll(Map.of("generatorLoss", "both", "freshFeatures", freshFeatures));
    return TrainConfig.of(settings);
  }

  private static long latentsDrawn(boolean freshFeatures) {
    TrainConfig config = config(freshFeatures);
    RunData data = RunData.of(config, GLYPHS);
    var device = new ProfiledBackend(open("cpu"));
    try (device;
        Scope scope = Scope.open(device);
        StepLoaders loaders = new StepLoaders(config, data.train(), data.labelled(), 0);
        GanTrainer trainer = new GanTrainer(config, data.spec(), scope.device())) {
      long before = draws(device);
      trainer.step(1, loaders.next());
      return draws(device) - before;
    }
  }

  private static long draws(ProfiledBackend device) {
    return device.rows().stream()
        .filter(row -> row.kernel().startsWith("random "))
        .mapToLong(ProfiledBackend.Row::calls)
        .sum();
  }
}
