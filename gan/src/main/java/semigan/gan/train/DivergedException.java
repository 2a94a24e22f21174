package semigan.gan.train;

import java.nio.file.Path;
import java.util.Optional;

/** Training left the finite numbers. */
public final class DivergedException extends RuntimeException {
  DivergedException(long step, StepReport report, String where) {
    super(
        "step %d: a loss or a gradient is not finite (labelled %s, real %s, fake %s, generator %s, regulariser %s; gradients' norms %s of the discriminator, %s of the generator), first in %s"
            .formatted(
                step,
                report.losses().labelled(),
                report.losses().real(),
                report.losses().fake(),
                report.losses().generator(),
                report.losses().regulariser(),
                report.gradientNormDiscriminator(),
                report.gradientNormGenerator(),
                where));
  }

  /**
   * @param parameter that the step left not finite, which losses show only in the next one
   */
  DivergedException(long step, String parameter) {
    this("step %d: the weights that it leaves are not finite, first %s".formatted(step, parameter));
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
