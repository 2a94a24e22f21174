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

  /** 1 until {@code from}, then falling linearly to 0 at the end. */
  static Schedule linearAfter(double from) {
    return progress -> (float) Math.min(1, Math.max(0, (1 - progress) / (1 - from)));
  }

  /**
   * Half a cosine from 1 to 0; Loshchilov and Hutter 2017, <a
   * href="https://arxiv.org/abs/1608.03983">arXiv:1608.03983</a>.
   */
  static Schedule cosine() {
    return progress -> (float) (0.5 * (1 + Math.cos(Math.PI * progress)));
  }

  /** This schedule, rising linearly from 0 until {@code end}. */
  default Schedule withWarmUp(double end) {
    return progress -> (float) (factor(progress) * Math.min(1, progress / end));
  }
}
