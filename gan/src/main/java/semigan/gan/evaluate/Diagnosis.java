package semigan.gan.evaluate;

import java.util.ArrayList;
import java.util.List;

/** What the numbers mean, in words. */
public final class Diagnosis {
  /** Of its share among the test images, below which a class counts as hardly drawn. */
  private static final double RARE = 0.25;

  /** Of the coverage that training images reach. */
  private static final double LITTLE_COVERAGE = 0.5;

  /** Density below which the images lie outside of the data, so that their class says nothing. */
  private static final double OUTSIDE = 0.02;

  private static final double SOME_COPIES = 0.03;
  private static final double MANY_COPIES = 0.1;
  private static final double SOME_ADVANTAGE = 0.55;
  private static final double STRONG_ADVANTAGE = 0.65;

  /** Less is chance, among few images. */
  private static final double DEVIATIONS = 2;

  /** By so many standard errors a class must be missed, since it is the rarest of several. */
  private static final double DEVIATIONS_OF_A_CLASS = 3;

  /** Or all classes together differ by so many. */
  private static final double DEVIATIONS_OF_ALL = 4;

  private Diagnosis() {}

  /**
   * @param generated of the generated images
   * @param floor of as many training images
   */
  public static String modeCollapse(
      ClassShares shares, List<String> classes, DensityCoverage generated, DensityCoverage floor) {
    if (generated.density() < OUTSIDE) {
      return "cannot be told: next to no generated image looks like a test image; train longer";
    }
    List<String> rare = new ArrayList<>();
    List<String> perhaps = new ArrayList<>();
    boolean differ = shares.disparity() >= DEVIATIONS_OF_ALL;
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < classes.size(); k++) {
      if (shares.test()[k] > 0) {
        double ratio = shares.generated()[k] / shares.test()[k];
        least = Math.min(least, ratio);
        if (ratio < RARE) {
          boolean certain = differ || shares.deficit(k) >= DEVIATIONS_OF_A_CLASS;
          (certain ? rare : perhaps).add("%s (%.2f)".formatted(classes.get(k), ratio));
        }
      }
    }
    String covered =
        "generated images cover %.0f%% of the test images, training images %.0f%%"
            .formatted(100 * generated.coverage(), 100 * floor.coverage());
    if (!rare.isEmpty()) {
      return "yes: hardly drawn, as a share of what they are among the test images: %s; %s"
          .formatted(String.join(", ", rare), covered);
    }
    String classwise =
        perhaps.isEmpty()
            ? "each class is drawn at least %.2f times as often as it is among the test images"
                .formatted(least)
            : "among %d generated and %d test images it may be chance that these are hardly drawn, as a share of what they are among the test images: %s"
                .formatted(
                    shares.generatedImages(), shares.testImages(), String.join(", ", perhaps));
    if (generated.coverage() < LITTLE_COVERAGE * floor.coverage()) {
      return "within classes: %s, but %s".formatted(classwise, covered);
    }
    return perhaps.isEmpty()
        ? "no sign: %s, and %s".formatted(classwise, covered)
        : "cannot be told: %s; %s".formatted(classwise, covered);
  }

  public static String memorisation(Memorisation memorisation) {
    int tested = memorisation.testDistances().length;
    if (tested * Memorisation.EXPECTED < 1) {
      return "cannot be told: %d test images are too few to say how near is too near; it takes %.0f"
          .formatted(tested, 1 / Memorisation.EXPECTED);
    }
    double share = memorisation.share();
    String found =
        "%.1f%% of the generated images are nearer to a training image than 99%% of the test images are (1%% if nothing is copied)"
            .formatted(100 * share);
    if (share >= MANY_COPIES) {
      return "likely, or all images are plain: " + found;
    }
    return (share >= SOME_COPIES ? "some: " : "no sign: ") + found;
  }

  public static String overfitting(Overfitting scores) {
    String found =
        "a training image seems more real than a test image in %.1f%% of pairs (50%% if it knows none by heart); probability of being real: training %.3f, test %.3f, generated %.3f"
            .formatted(100 * scores.advantage(), scores.train(), scores.test(), scores.generated());
    if (scores.advantage() < 0.5 + DEVIATIONS * scores.deviation()) {
      return "no sign: " + found;
    }
    if (scores.advantage() >= STRONG_ADVANTAGE) {
      return "strong: " + found;
    }
    return (scores.advantage() >= SOME_ADVANTAGE ? "some: " : "no sign: ") + found;
  }
}
