package semigan.gan.train;

/**
 * How a training run ended.
 *
 * @param run its folder
 * @param step the last step taken
 * @param finished false if it was stopped before its end
 * @param seconds that it took, this time
 * @param imagesPerSecond in a second of training steps: unlabelled images, or labelled ones where
 *     these are all that it learns from
 * @param heldOut whether it was measured on images held out of training, and not on the test images
 * @param errors images put into a wrong class by the averaged model; -1 without labels
 * @param images how many it was measured on
 * @param accuracy share of them put into their class; NaN without labels
 */
public record TrainResult(
    String run,
    long step,
    boolean finished,
    double seconds,
    double imagesPerSecond,
    boolean heldOut,
    int errors,
    int images,
    double accuracy) {}
