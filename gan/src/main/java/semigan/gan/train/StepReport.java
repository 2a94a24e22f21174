package semigan.gan.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was measured in one step, or the sum over several. Without a generator, what concerns
 * generated images says nothing.
 *
 * @param losses what was minimised
 * @param scoreReal mean probability that the discriminator gives unlabelled images of being real
 * @param scoreFake as much for generated images
 * @param gradientNormDiscriminator Euclidean norm of the gradient of the discriminator's loss
 * @param gradientNormGenerator as much of the generator's loss
 */
public record StepReport(
    StepLosses losses,
    float scoreReal,
    float scoreFake,
    float gradientNormDiscriminator,
    float gradientNormGenerator) {
  static final StepReport NOTHING = new StepReport(new StepLosses(0, 0, 0, 0, 0), 0, 0, 0, 0);

  /**
   * @param values the losses in their order, the probabilities given to the truth about unlabelled
   *     and about generated images, and the norms
   */
  static StepReport of(float[] values) {
    return new StepReport(StepLosses.of(values), values[5], 1 - values[6], values[7], values[8]);
  }

  /** Whether all losses and norms are. What ReLU hides from a loss shows in a gradient. */
  boolean isFinite() {
    return losses.isFinite() && Float.isFinite(gradientNormDiscriminator + gradientNormGenerator);
  }

  StepReport plus(StepReport other) {
    return new StepReport(
        losses.plus(other.losses),
        scoreReal + other.scoreReal,
        scoreFake + other.scoreFake,
        gradientNormDiscriminator + other.gradientNormDiscriminator,
        gradientNormGenerator + other.gradientNormGenerator);
  }

  /**
   * The means, of a sum over {@code steps}, by their names in a run's metrics.
   *
   * @param generates whether there is a generator
   * @param regularises whether there is a loss beside those of the GAN
   */
  Map<String, Number> means(int steps, boolean generates, boolean regularises) {
    Map<String, Number> means = new LinkedHashMap<>();
    means.put("lossLabelled", losses.labelled() / steps);
    if (generates) {
      means.put("lossReal", losses.real() / steps);
      means.put("lossFake", losses.fake() / steps);
      means.put("lossGenerator", losses.generator() / steps);
    }
    if (regularises) {
      means.put("lossRegulariser", losses.regulariser() / steps);
    }
    if (generates) {
      means.put("scoreReal", scoreReal / steps);
      means.put("scoreFake", scoreFake / steps);
      means.put("gradientNormGenerator", gradientNormGenerator / steps);
    }
    means.put("gradientNormDiscriminator", gradientNormDiscriminator / steps);
    return means;
  }
}
