package semigan.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import semigan.gan.data.Batch;
import semigan.gan.model.ModelSpec;
import semigan.gan.train.GanTrainer;
import semigan.gan.train.GeneratorLoss;
import semigan.gan.train.TrainConfig;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

/**
 * Training steps of a DCGAN, one timed window for each line read: our side of {@code bench/peers.sh}, which takes turns between
 * two processes. Without classes but one, the K+1 loss is the ordinary GAN loss, so that both sides do the same work.
 */
@Command(name = "StepLoop", mixinStandardHelpOptions = true)
public final class StepLoop implements Runnable {
  private static final int WARM_UP = 20;

  @Option(names = "--batch", defaultValue = "64")
  private int batch;

  @Option(names = "--channels", defaultValue = "1")
  private int channels;

  @Option(names = "--width", defaultValue = "64")
  private int width;

  @Option(names = "--size", defaultValue = "32")
  private int size;

  @Option(names = "--steps", defaultValue = "10")
  private int steps;

  @Option(names = "--device", defaultValue = Backends.AUTO)
  private String device;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StepLoop()).execute(arguments));
  }

  @Override
  public void run() {
    try (Backend backend = Backends.open(device);
        Scope scope = Scope.open(backend)) {
      GanTrainer trainer = new GanTrainer(config(), spec(), scope.device());
      Batch images = randomBatch();
      long number = 0;
      for (int i = 0; i < WARM_UP; i++) {
        trainer.step(++number, null, images);
      }
      var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (lines.readLine() != null) {
        long started = System.nanoTime();
        for (int i = 0; i < steps; i++) {
          trainer.step(++number, null, images);
        }
        double ms = (System.nanoTime() - started) / 1e6 / steps;
        System.out.printf(
            Locale.ROOT,
            "{\"peer\":\"ours\",\"mode\":\"f32\",\"batch\":%d,\"ms\":%.3f,\"images_per_s\":%.1f}%n",
            batch,
            ms,
            batch / ms * 1000);
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ModelSpec spec() {
    return new ModelSpec(
        ModelSpec.DCGAN, size, size, size, channels, width, 100, List.of("real"));
  }

  private TrainConfig config() {
    return new TrainConfig(
        "random", null, 0, size, 1, batch, 1, 0, false, width, 100, GeneratorLoss.ADVERSARIAL,
        2e-4f, 2e-4f, 0.5f, 1, 1e-3f, 1, device, 1, 1, 1);
  }

  private Batch randomBatch() {
    float[] images = new float[batch * size * size * channels];
    Random random = new Random(1);
    for (int i = 0; i < images.length; i++) {
      images[i] = 2 * random.nextFloat() - 1;
    }
    return new Batch(images, new int[batch], 0);
  }
}
