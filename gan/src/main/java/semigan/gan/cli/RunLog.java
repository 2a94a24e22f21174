package semigan.gan.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import semigan.gan.store.StoreException;
import semigan.gan.train.StepLosses;
import semigan.gan.train.TrainingListener;

/** Passes everything on, and writes messages to the run's {@code log.txt} with the time. */
final class RunLog implements TrainingListener, AutoCloseable {
  private final TrainingListener next;
  private final PrintWriter file;

  RunLog(Path file, TrainingListener next) {
    this.next = next;
    try {
      this.file =
          new PrintWriter(
              Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
              true);
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be written: %s".formatted(file, StoreException.reason(e)), e);
    }
  }

  @Override
  public void step(long step, long steps, StepLosses losses, double imagesPerSecond) {
    next.step(step, steps, losses, imagesPerSecond);
  }

  @Override
  public void message(String line) {
    file.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
    next.message(line);
  }

  @Override
  public void close() {
    file.close();
  }
}
