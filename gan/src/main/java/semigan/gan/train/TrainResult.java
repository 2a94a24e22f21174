package semigan.gan.train;

/**
 * How a training run ended.
 *
 * @param run its folder
 * @param step the last step taken
 * @param finished false if it was stopped before its end
 * @param seconds that it took, this time
 * @param imagesPerSecond real images seen by the discriminator in a second of training steps
 * @param testErrors test images put into a wrong class by the averaged model; -1 without labels
 * @param testImages test images
 * @param accuracy share of test images put into their class; NaN without labels
 */
public record TrainResult(
    String run,
    long step,
    boolean finished,
    double seconds,
    double imagesPerSecond,
    int testErrors,
    int testImages,
    double accuracy) {}
