package semigan.gan.train;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the generator is trained for. */
public enum GeneratorLoss {
  /**
   * {@code -log p(real)} under the discriminator: the non-saturating loss of Goodfellow et al.
   * 2014. Draws best.
   */
  @JsonProperty("adversarial")
  ADVERSARIAL,
  /** Feature matching, Salimans et al. 2016. Classifies best. */
  @JsonProperty("feature-matching")
  FEATURE_MATCHING,
  /** The sum of both. */
  @JsonProperty("both")
  BOTH;

  boolean adversarial() {
    return this != FEATURE_MATCHING;
  }

  boolean matchesFeatures() {
    return this != ADVERSARIAL;
  }
}
