package semigan.gan.evaluate;

/**
 * What a feature classifier says of images.
 *
 * @param features of each image
 * @param classes the most probable class of each
 */
public record Description(Features features, int[] classes) {}
