package semigan.bench;

import java.util.List;
import java.util.Map;
import java.util.Random;
import semigan.gan.data.Batch;
import semigan.gan.model.Architecture;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.train.GanTrainer;
import semigan.gan.train.GeneratorLoss;
import semigan.gan.train.Precision;
import semigan.gan.train.StepBatches;
import semigan.gan.train.StepLosses;
import semigan.gan.train.TrainConfig;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * The training step that benchmarks time, on random images. With a single class and no labels the
 * K+1 loss is the ordinary GAN loss, and the step is the DCGAN's.
 */
final class DcganStep implements AutoCloseable {
  private static final int LATENT = 100;

  private final Backend device;
  private final GanTrainer trainer;
  private final RandomSource latents;
  private final Batch images;
  private long number;

  static DcganStep of(Workload workload, Backend device) {
    return new DcganStep(
        device,
        DeviceChoice.precision(workload),
        workload.batch(),
        workload.size(),
        workload.channels(),
        workload.width());
  }

  DcganStep(Backend device, Precision precision, int batch, int size, int channels, int filters) {
    this.device = device;
    TrainConfig config =
        TrainConfig.of(
            Map.of(
                "labels",
                0,
                "steps",
                1,
                "batch",
                batch,
                "filters",
                filters,
                "latent",
                LATENT,
                "generatorLoss",
                GeneratorLoss.ADVERSARIAL,
                "decayFrom",
                1,
                "averagingRate",
                1e-3f,
                "precision",
                precision));
    ModelSpec spec =
        new ModelSpec(
            Architecture.DCGAN, size, size, size, channels, filters, LATENT, List.of("real"));
    trainer = new GanTrainer(config, spec, device);
    latents = new RandomSource(device, 1);
    images = random(batch, size * size * channels, 1);
    trainer.feed(StepBatches.of(null, images));
  }

  /** Queues a training step, on the same images each time. */
  void run() {
    trainer.run(++number);
  }

  /** Waits for the step that was run last. */
  StepLosses losses() {
    return trainer.report().losses();
  }

  /** Queues the drawing of a batch of images, which stay on the device. */
  void generate() {
    try (Scope drawn = Scope.open(device)) {
      latents.moveTo(++number);
      Shape shape = Shape.of(images.labels().length, LATENT);
      Tensor z = latents.normal(DType.F32, shape, 0, 1);
      trainer.average().generator().forward(z, Mode.EVAL);
    }
  }

  GanModel model() {
    return trainer.average();
  }

  @Override
  public void close() {
    trainer.close();
  }

  /** Images of noise, which are the same for the same seed, and labels of 0. */
  static Batch random(int batch, int length, long seed) {
    float[] pixels = new float[batch * length];
    Random random = new Random(seed);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 2 * random.nextFloat() - 1;
    }
    return new Batch(pixels, new int[batch], 0);
  }
}
