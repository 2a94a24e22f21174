package semigan.gan.train;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collection;
import java.util.Locale;
import semigan.tensor.ops.Augment.Strength;

/**
 * What is changed at random in every image, real or generated, before the discriminator sees it, as
 * far as in DiffAugment: Zhao et al. 2020, <a
 * href="https://arxiv.org/abs/2006.10738">arXiv:2006.10738</a>. It keeps a discriminator from
 * knowing few training images by heart; and the generator, which learns through the same changes,
 * from drawing them.
 */
public enum DiffAugment {
  /** Movement by up to an eighth of the image each way. */
  TRANSLATION(Strength.TRANSLATION),
  /** A box of half the image's height and width without content. */
  CUTOUT(Strength.CUTOUT),
  /** Brightness, saturation and contrast. */
  COLOUR(Strength.COLOUR);

  private final Strength strength;

  DiffAugment(Strength strength) {
    this.strength = strength;
  }

  /** As options and {@code config.json} call it, such as {@code cutout}. */
  @Override
  @JsonValue
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All of these at once. */
  static Strength together(Collection<DiffAugment> changes) {
    return changes.stream().map(each -> each.strength).reduce(Strength.NONE, Strength::and);
  }
}
