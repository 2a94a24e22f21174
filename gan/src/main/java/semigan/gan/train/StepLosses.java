package semigan.gan.train;

/**
 * The losses of one step, each a mean over its batch.
 *
 * @param labelled cross-entropy of the labelled images; 0 without labels
 * @param real minus the log of the probability that real images are real
 * @param fake minus the log of the probability that generated images are generated
 * @param generator what the generator minimised
 * @param regulariser the weighted sum of what else was asked of unlabelled images; 0 without
 */
public record StepLosses(
    float labelled, float real, float fake, float generator, float regulariser) {
  /** From one number for each, in their order. */
  static StepLosses of(float[] losses) {
    return new StepLosses(losses[0], losses[1], losses[2], losses[3], losses[4]);
  }

  StepLosses plus(StepLosses other) {
    return new StepLosses(
        labelled + other.labelled,
        real + other.real,
        fake + other.fake,
        generator + other.generator,
        regulariser + other.regulariser);
  }

  public boolean isFinite() {
    return Float.isFinite(labelled + real + fake + generator + regulariser);
  }
}
