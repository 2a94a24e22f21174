package semigan.gan.study;

/**
 * How far one seed of a study is.
 *
 * @param seed of the choice of labels and of everything else that is random
 * @param step the last step taken
 * @param finished whether that was the last
 * @param heldOut whether it was measured on images held out of training; false for the test images,
 *     and in files from when the last step was always measured on these
 * @param errors images put into a wrong class by the averaged weights of the last step; -1 before
 * @param images how many it was measured on
 * @param seconds spent on it, over all times that it was taken up
 */
public record SeedResult(
    long seed,
    long step,
    boolean finished,
    boolean heldOut,
    int errors,
    int images,
    double seconds) {
  /** What it was measured on, in words. */
  public String measuredOn() {
    return heldOut ? "held-out images" : "test images";
  }
}
