package semigan.gan.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import semigan.gan.data.Augmentation;
import semigan.gan.data.BatchLoader;
import semigan.gan.data.ImageDataset;
import semigan.gan.model.ModelSpec;
import semigan.gan.model.PixelDensity;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.nn.Adam;
import semigan.nn.Mode;
import semigan.nn.Schedule;
import semigan.tensor.RandomSource;
import semigan.tensor.RepeatedStep;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/**
 * Drives generated images out of where training images are dense, so that they come to lie between
 * the classes: Dai et al. 2017, section 4, <a
 * href="https://arxiv.org/abs/1705.09783">arXiv:1705.09783</a>. An image counts by how much denser
 * it is, in nats, than the sparsest of the training images; the density is learnt before the run's
 * first step, from these images without their labels.
 */
final class LowDensity {
  private static final int HIDDEN = 500;
  private static final int BATCH = 100;
  private static final int STEPS = 3000;
  private static final float RATE = 1e-3f;
  private static final AdamSettings ADAM = new AdamSettings(0.9f, 0.999f, 1e-8f, false);

  /** More would learn few images by heart. */
  private static final int MOST_EPOCHS = 30;

  /** Of which the threshold is a quantile. */
  private static final int COMPARED = 10_000;

  private final TrainConfig config;
  private final ModelSpec spec;
  private final Backend device;
  private final long seed;
  private final PixelDensity model;
  private final Tensor threshold;

  /** Has learnt nothing yet; its tensors belong to the innermost scope. */
  LowDensity(TrainConfig config, ModelSpec spec, Backend device) {
    this.config = config;
    this.spec = spec;
    this.device = device;
    seed = StepLoaders.seed(config) + StepLoaders.DENSITY;
    int pixels = spec.canvas() * spec.canvas() * spec.channels();
    model = new PixelDensity(pixels, HIDDEN, new RandomSource(device, seed));
    threshold = Tensor.zeros(device, DType.F32, Shape.of(1));
  }

  /** Enough for the density of so many images. */
  static int steps(int images) {
    return (int) Math.max(1, Math.min(STEPS, (long) MOST_EPOCHS * images / BATCH));
  }

  /**
   * The mean over a batch of {@code max(0, log p(x) - threshold)}.
   *
   * @param images {@code [batch, canvas, canvas, channels]} in [-1, 1]
   */
  Tensor of(Tensor images) {
    Tensor density = model.forward(Cast.cast(images, DType.F32), Mode.TRAIN);
    return Sum.mean(Unary.relu(Binary.subtract(density, threshold)));
  }

  /** Everything it has learnt, by name. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(model.state());
    state.put("threshold", threshold);
    return state;
  }

  /**
   * Learns the density of images, and then what of theirs is low; the same for the same config.
   *
   * @param stop whether to give up, leaving what is unusable
   * @param messages hears of the beginning and of the end
   */
  void learn(ImageDataset images, int steps, BooleanSupplier stop, Consumer<String> messages) {
    messages.accept("learning the density of the training images, in %d steps".formatted(steps));
    long started = System.nanoTime();
    int[] all = IntStream.range(0, images.size()).toArray();
    Augmentation plainly = new Augmentation(config.images().shift(), config.images().flip(), 0);
    try (Scope scope = Scope.open(device);
        BatchLoader loader = new BatchLoader(images, all, BATCH, seed, 0, plainly)) {
      Shape shape = Shape.of(BATCH, spec.canvas(), spec.canvas(), spec.channels());
      Tensor x = Tensor.empty(scope.device(), DType.F32, shape);
      fit(loader, x, steps, stop);
      if (!stop.getAsBoolean()) {
        float[] densities = densities(loader, x, Math.min(COMPARED, images.size()));
        Arrays.sort(densities);
        float quantile = config.objective().densityQuantile();
        float low = densities[Math.round(quantile * (densities.length - 1))];
        threshold.assign(new float[] {low});
        messages.accept(
            String.format(
                Locale.ROOT,
                "learnt the density in %.0f s: its logarithm has a median of %.1f over training images; low is what is below %.1f",
                (System.nanoTime() - started) / 1e9,
                densities[densities.length / 2],
                low));
      }
    }
  }

  private void fit(BatchLoader loader, Tensor x, int steps, BooleanSupplier stop) {
    var parameters = model.parameters();
    Adam optimizer = new Adam(device, parameters, ADAM, RATE);
    Schedule schedule = Schedule.cosine();
    try (var step =
        new RepeatedStep<>(
            device,
            () -> {
              Tensor loss = Unary.linear(Sum.mean(model.forward(x, Mode.TRAIN)), -1, 0);
              optimizer.step(loss.backward(parameters.values()));
              return loss;
            })) {
      for (int i = 0; i < steps && !stop.getAsBoolean(); i++) {
        device.write(loader.next().images(), 0, x.buffer());
        optimizer.setRate(RATE * schedule.factor((double) i / steps));
        step.run();
        step.release();
      }
    }
  }

  /** Of {@code count} images, batch after batch. */
  private float[] densities(BatchLoader loader, Tensor x, int count) {
    float[] densities = new float[count];
    for (int done = 0; done < count; done += BATCH) {
      device.write(loader.next().images(), 0, x.buffer());
      try (Scope scope = Scope.open(device)) {
        float[] batch = model.forward(x, Mode.EVAL).toFloats();
        System.arraycopy(batch, 0, densities, done, Math.min(BATCH, count - done));
      }
    }
    return densities;
  }
}
