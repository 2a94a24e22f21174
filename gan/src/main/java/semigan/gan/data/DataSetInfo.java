package semigan.gan.data;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code data list} says about a data set known by name.
 *
 * @param name what {@code --data} calls it
 * @param description what its images show
 * @param height rows of an image
 * @param width columns of an image
 * @param channels 1 or 3
 * @param classes the number of classes
 * @param trainSize images to learn from
 * @param testSize images to measure with
 * @param available whether it can be opened now
 * @param location the directory it was found in; empty if it is built in or was not found
 * @param howToGet what to do to have it
 */
public record DataSetInfo(
    String name,
    String description,
    int height,
    int width,
    int channels,
    int classes,
    int trainSize,
    int testSize,
    boolean available,
    Optional<Path> location,
    String howToGet) {}
