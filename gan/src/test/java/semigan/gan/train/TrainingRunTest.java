package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.PaddedDataset;
import semigan.gan.data.Subset;
import semigan.gan.store.RunFolder;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.nn.safetensors.SafetensorsFile;

/** What a run learns from, and how fast. */
class TrainingRunTest {
  private static final int STEPS = 10;
  private static final int IMAGES = 200;

  private static final DataSplit GLYPHS =
      DataSets.open("glyphs", DataOptions.defaults()).map(all -> Subset.sample(all, IMAGES, 1));

  private static final TrainingListener SILENT =
      new TrainingListener() {
        @Override
        public void step(long step, long steps, StepLosses losses, double imagesPerSecond) {}

        @Override
        public void message(String line) {}
      };

  private static TrainConfig config(Map<String, ?> more) {
    Map<String, Object> settings = new TreeMap<>(Map.of("labels", 20, "steps", STEPS));
    settings.putAll(Map.of("batch", 6, "labelledBatch", 4, "filters", 4, "latent", 8));
    settings.putAll(more);
    return TrainConfig.of(settings);
  }

  /** A run's images, and those that it is watched on, are its data set's training images. */
  @Test
  void whatIsHeldOutIsNotLearntFrom() {
    RunData data = RunData.of(config(Map.of("heldOut", 50)), GLYPHS);
    Set<FloatBuffer> train = images(data.train());
    Set<FloatBuffer> watched = images(data.watched());
    assertEquals(50, watched.size());
    assertEquals(IMAGES - 50, train.size());
    Set<FloatBuffer> both = new HashSet<>(train);
    both.addAll(watched);
    assertEquals(images(RunData.of(config(Map.of()), GLYPHS).train()), both);
  }

  @Test
  void aRunWithNothingHeldOutIsWatchedOnTheTestImages() {
    RunData data = RunData.of(config(Map.of()), GLYPHS);
    assertEquals(IMAGES, images(data.train()).size());
    int canvas = data.spec().canvas();
    assertEquals(images(new PaddedDataset(GLYPHS.test(), canvas, canvas)), images(data.watched()));
  }

  private static Set<FloatBuffer> images(ImageDataset set) {
    Set<FloatBuffer> images = new HashSet<>();
    for (int i = 0; i < set.size(); i++) {
      float[] image = new float[set.imageLength()];
      set.read(i, image, 0);
      images.add(FloatBuffer.wrap(image));
    }
    return images;
  }

  @Test
  void asManyOfEachClassShowTheirLabelAlsoWhereOthersAreHeldOut() {
    RunData data = RunData.of(config(Map.of("heldOut", 50)), GLYPHS);
    int[] counts = new int[10];
    for (int index : data.labelled()) {
      counts[data.train().label(index)]++;
    }
    assertArrayEquals(new int[] {2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, counts);
  }

  /** The last of ten steps has a tenth of the rate. */
  @Test
  void theRatesFallOverARun(@TempDir Path runs) throws IOException {
    double steady = movedLast(runs.resolve("steady"), 1);
    double falling = movedLast(runs.resolve("falling"), 0);
    assertTrue(steady > 0);
    assertEquals(0.1, falling / steady, 0.03);
  }

  /** How far a weight moved in the last step, on average. */
  private static double movedLast(Path place, float decayFrom) throws IOException {
    RunFolder folder = RunFolder.create(place);
    TrainConfig config = config(Map.of("decayFrom", decayFrom, "checkpointEvery", 1));
    try (Backend device = Backends.open("cpu")) {
      new TrainingRun(config, GLYPHS, device).run(folder, SILENT);
    }
    float[] before = weights(folder, STEPS - 1);
    float[] after = weights(folder, STEPS);
    return IntStream.range(0, after.length)
        .mapToDouble(i -> Math.abs(after[i] - before[i]))
        .average()
        .orElseThrow();
  }

  /** Of the discriminator's first layer. */
  private static float[] weights(RunFolder folder, int step) throws IOException {
    Path checkpoint = folder.checkpoints().resolve("%06d.safetensors".formatted(step));
    try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
      return file.readFloats("model.discriminator.features.0.weight");
    }
  }
}
