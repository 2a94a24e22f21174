/**
 * Pictures in and out: files decoded within bounds, grids of samples, charts.
 *
 * <p>An image in memory is a {@code float[]} [height, width, channels], in [-1, 1], with 1 (grey)
 * or 3 (red, green, blue) channels.
 */
package semigan.gan.image;
