package semigan.nn;

/** A learning rate's factor over the course of training. */
@FunctionalInterface
public interface Schedule {
  /**
   * @param progress share of training that is done, in [0, 1]
   * @return what the base rate is multiplied by
   */
  float factor(double progress);

  static Schedule constant() {
    return progress -> 1;
  }

  /**
   * 1 until {@code from}, then falling linearly to 0 at the end.
   *
   * @throws IllegalArgumentException if {@code from} is not in [0, 1)
   */
  static Schedule linearAfter(double from) {
    if (!(from >= 0 && from < 1)) {
      throw new IllegalArgumentException(
          "schedule: the fall must begin in [0, 1) of training but begins at " + from);
    }
    return progress -> (float) Math.min(1, Math.max(0, (1 - progress) / (1 - from)));
  }

  /**
   * Half a cosine from 1 to 0; Loshchilov and Hutter 2017, <a
   * href="https://arxiv.org/abs/1608.03983">arXiv:1608.03983</a>.
   */
  static Schedule cosine() {
    return progress -> (float) (0.5 * (1 + Math.cos(Math.PI * progress)));
  }

  /**
   * This schedule, multiplied by a factor that rises linearly from 0 to 1 at {@code end}.
   *
   * @throws IllegalArgumentException if {@code end} is not in (0, 1]
   */
  default Schedule withWarmUp(double end) {
    if (!(end > 0 && end <= 1)) {
      throw new IllegalArgumentException(
          "schedule: warming up must end in (0, 1] of training but ends at " + end);
    }
    return progress -> (float) (factor(progress) * Math.min(1, progress / end));
  }
}
