package semigan.gan.train;

import semigan.nn.Schedule;

/**
 * What is minimised, beside the cross-entropy of the labelled images. A term of weight 0 is not
 * computed.
 *
 * @param generatorLoss what the generator is trained for
 * @param freshFeatures whether the generator's step draws images of its own, and matches their
 *     features with those that the updated discriminator sees in another unlabelled batch, as
 *     Salimans et al. 2016 do, instead of going on with the images of the discriminator's step:
 *     what that has just learnt is about these images first of all, and with their rates a
 *     generator that is held to it dies
 * @param entropy weight of the entropy of the class probabilities of unlabelled images
 * @param balance weight of the {@link semigan.nn.Losses#imbalance} of unlabelled images, for data
 *     with as many of each class
 * @param pullAway weight of the generator's {@link semigan.nn.Losses#pullAway}
 * @param density weight of {@link LowDensity} of generated images
 * @param densityQuantile share of the training images that are sparser than its threshold
 * @param perturbation weight of virtual adversarial training; see {@link VirtualAdversarial}
 * @param perturbationSize length of its perturbation of an image in [-1, 1]
 * @param consistency weight of {@link Consistency}
 * @param confidence probability of a class from which on consistency counts an image
 * @param rampUp share of the run over which entropy, balance, perturbation and consistency come to
 *     count, from nothing to all
 */
public record Objective(
    GeneratorLoss generatorLoss,
    boolean freshFeatures,
    float entropy,
    float balance,
    float pullAway,
    float density,
    float densityQuantile,
    float perturbation,
    float perturbationSize,
    float consistency,
    float confidence,
    float rampUp) {
  public Objective {
    Limits.weight("entropy", entropy);
    Limits.weight("balance", balance);
    Limits.weight("pullAway", pullAway);
    Limits.weight("density", density);
    Limits.share("densityQuantile", densityQuantile);
    Limits.weight("perturbation", perturbation);
    Limits.rate("perturbationSize", perturbationSize);
    Limits.weight("consistency", consistency);
    Limits.share("rampUp", rampUp);
    if (!(confidence >= 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "confidence must be at least 0 and below 1 but is " + confidence);
    }
  }

  /** The course of the terms that are not the GAN's. */
  Schedule ramp() {
    return rampUp > 0 ? Schedule.constant().withWarmUp(rampUp) : Schedule.constant();
  }

  /** Nothing but the cross-entropy. */
  static Objective none() {
    return new Objective(GeneratorLoss.FEATURE_MATCHING, false, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
  }

  /** Whether there are terms on unlabelled images beside those of the GAN. */
  boolean regularises() {
    return entropy > 0 || balance > 0 || perturbation > 0 || consistency > 0;
  }
}
