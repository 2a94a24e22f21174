package semigan.gan.study;

/**
 * How far one seed of a study is.
 *
 * @param seed of the choice of labels and of everything else that is random
 * @param step the last step taken
 * @param finished whether that was the last
 * @param errors test images put into a wrong class by the averaged weights of the last step; -1
 *     before
 * @param images test images
 * @param seconds spent on it, over all times that it was taken up
 */
public record SeedResult(
    long seed, long step, boolean finished, int errors, int images, double seconds) {}
