package semigan.gan.train;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the generator is trained for. */
public enum GeneratorLoss {
  /**
   * {@code -log p(real)} under the discriminator: the non-saturating loss of Goodfellow et al.
   * 2014. Draws best.
   */
  ADVERSARIAL,
  /** Feature matching, Salimans et al. 2016. Classifies best. */
  FEATURE_MATCHING,
  /** The sum of both. */
  BOTH;

  /** As options and {@code config.json} call it, such as {@code feature-matching}. */
  @Override
  @JsonValue
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean adversarial() {
    return this != FEATURE_MATCHING;
  }

  boolean matchesFeatures() {
    return this != ADVERSARIAL;
  }
}
