package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import semigan.gan.model.Architecture;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

/** Weights that are set from images before the first step. */
class InitialisationTest {
  private static final int SIZE = 12;
  private static final int IMAGES = 100;

  /**
   * An image whose noise were the numbers that a unit's weights were drawn from would be far off
   * for this unit, whose scale would then be too small: the first units', one for each image.
   */
  @Test
  void theNoiseOnTheImagesHasNothingToDoWithTheWeights() {
    var config =
        TrainConfig.of(
            Map.of("architecture", Architecture.MLP, "size", SIZE, "latent", 0, "steps", 1));
    var spec = new ModelSpec(Architecture.MLP, SIZE, SIZE, SIZE, 1, 1, 0, List.of("a", "b"));
    Random random = new Random(1);
    float[] images = new float[IMAGES * SIZE * SIZE];
    for (int i = 0; i < images.length; i++) {
      images[i] = 2 * random.nextFloat() - 1;
    }
    try (Backend device = Backends.open("cpu");
        Scope scope = Scope.open(device);
        GanTrainer trainer = new GanTrainer(config, spec, scope.device())) {
      trainer.initialise(images);
      float[] scales = trainer.state().get("model.discriminator.features.3.scale").toFloats();
      double first = mean(Arrays.copyOf(scales, IMAGES));
      double others = mean(Arrays.copyOfRange(scales, IMAGES, scales.length));
      assertEquals(others, first, 0.03 * others);
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
