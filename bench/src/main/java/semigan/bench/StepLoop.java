package semigan.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

/**
 * Training steps of a DCGAN, one timed window for each line read: our side of {@code
 * bench/peers.sh}, which takes turns between two processes.
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
      DcganStep step = new DcganStep(scope.device(), batch, size, channels, width);
      for (int i = 0; i < WARM_UP; i++) {
        step.run();
      }
      var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (lines.readLine() != null) {
        long started = System.nanoTime();
        for (int i = 0; i < steps; i++) {
          step.run();
        }
        double ms = (System.nanoTime() - started) / 1e6 / steps;
        System.out.printf(
            Locale.ROOT,
            "{\"peer\":\"ours\",\"mode\":\"f32\",\"batch\":%d,\"ms\":%.3f,\"images_per_s\":%.1f}%n",
            batch,
            ms,
            batch / ms * 1000);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
