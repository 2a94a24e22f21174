package semigan.gan.train;

import semigan.nn.Schedule;

/**
 * How the weights move.
 *
 * @param steps how many to take
 * @param batch unlabelled images a step, and as many generated ones
 * @param labelledBatch labelled images a step
 * @param generatorRate learning rate of the generator's Adam
 * @param discriminatorRate learning rate of the discriminator's Adam
 * @param beta1 decay of both Adams' first moment
 * @param epsilonInside whether Adam's epsilon stands inside of the square root
 * @param decayFrom share of the run after which the rates fall linearly to 0
 * @param averagingRate share of the newest weights in each step's running average, once it has
 *     begun: after {@code t} steps it is {@code 9 / (9 + t)} where that is more
 */
public record LearningSettings(
    long steps,
    int batch,
    int labelledBatch,
    float generatorRate,
    float discriminatorRate,
    float beta1,
    boolean epsilonInside,
    float decayFrom,
    float averagingRate) {
  public LearningSettings {
    Limits.positive("steps", steps);
    Limits.positive("batch", batch);
    Limits.positive("labelledBatch", labelledBatch);
    if (batch < 2) {
      throw new IllegalArgumentException(
          "batch must be at least 2, since batch normalisation needs a variance, but is " + batch);
    }
    Limits.rate("generatorRate", generatorRate);
    Limits.rate("discriminatorRate", discriminatorRate);
    Limits.share("beta1", beta1);
    Limits.share("decayFrom", decayFrom);
    Limits.share("averagingRate", averagingRate);
  }

  /** The course of both rates. */
  Schedule schedule() {
    return decayFrom < 1 ? Schedule.linearAfter(decayFrom) : Schedule.constant();
  }

  /** What both rates are multiplied by once so many steps are done. */
  float factor(long done) {
    return schedule().factor((double) done / steps);
  }

  LearningSettings withBatch(int other) {
    return with(steps, other, labelledBatch);
  }

  LearningSettings withLabelledBatch(int other) {
    return with(steps, batch, other);
  }

  LearningSettings withSteps(long other) {
    return with(other, batch, labelledBatch);
  }

  private LearningSettings with(long steps, int batch, int labelledBatch) {
    return new LearningSettings(
        steps,
        batch,
        labelledBatch,
        generatorRate,
        discriminatorRate,
        beta1,
        epsilonInside,
        decayFrom,
        averagingRate);
  }
}
