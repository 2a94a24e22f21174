package semigan.gan.train;

import java.nio.file.Path;
import java.util.Optional;

/** Training left the finite numbers. */
public final class DivergedException extends RuntimeException {
  DivergedException(long step, StepLosses losses, String where) {
    super(
        "step %d: a loss is not finite (labelled %s, real %s, fake %s, generator %s), first in %s"
            .formatted(
                step, losses.labelled(), losses.real(), losses.fake(), losses.generator(), where));
  }

  private DivergedException(String message) {
    super(message);
  }

  /** Adds where training can go on from. */
  DivergedException withCheckpoint(Optional<Path> newest) {
    return new DivergedException(
        "%s; lower the learning rates; %s"
            .formatted(
                getMessage(),
                newest
                    .map(path -> "the last good checkpoint is " + path)
                    .orElse("there is no checkpoint yet")));
  }
}
