package semigan.gan.train;

import java.nio.file.Path;
import java.util.Map;
import semigan.gan.evaluate.Diversity;
import semigan.gan.image.ImageGrid;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.model.Sampler;
import semigan.kernels.Backend;

/** What a run's generator makes of the same noise, time after time. */
final class SampleGrid {
  private static final int COLUMNS = 10;
  private static final int ROWS = 6;
  private static final int COUNT = COLUMNS * ROWS;

  private final ModelSpec spec;
  private final long seed;
  private final Backend device;
  private final double realDiversity;

  /**
   * @param seed of the noise
   */
  SampleGrid(RunData data, long seed, Backend device) {
    this.spec = data.spec();
    this.seed = seed;
    this.device = device;
    int known = Math.min(COUNT, data.train().size());
    realDiversity = Diversity.meanDistance(data.spread(known), known);
  }

  /** Writes what {@code model} draws as one picture. */
  void write(Path png, GanModel model) {
    ImageGrid.write(png, draw(model), COUNT, spec.height(), spec.width(), spec.channels(), COLUMNS);
  }

  /** How far what {@code model} draws is from itself, and real images from each other. */
  Map<String, Double> diversity(GanModel model) {
    return Map.of(
        "diversityGenerated",
        Diversity.meanDistance(draw(model), COUNT),
        "diversityReal",
        realDiversity);
  }

  private float[] draw(GanModel model) {
    return new Sampler(model, device, seed).draw(0, COUNT);
  }
}
