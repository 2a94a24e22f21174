package semigan.gan.data;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import semigan.gan.image.ImageCodec;

/**
 * Where data is looked for and how images of any size are brought to one size.
 *
 * @param directory the user's {@code --data-dir}
 * @param environment the process's environment, for {@code SEMIGAN_DATA}
 * @param home the user's home, under which {@code .cache/semigan/NAME} is looked in
 * @param systemData where packages of the system put data sets
 * @param imageSize height and width that the images of a folder are brought to, in pixels
 * @param imageChannels 1 or 3 for the images of a folder, or {@link #AUTO_CHANNELS}
 * @param listener hears of skipped images
 */
public record DataOptions(
    Optional<Path> directory,
    Map<String, String> environment,
    Path home,
    Path systemData,
    int imageSize,
    int imageChannels,
    DataListener listener) {

  /** Gray if every image of the folder is gray, else colour. */
  public static final int AUTO_CHANNELS = ImageCodec.AUTO_CHANNELS;

  /** The largest {@link #imageSize}. */
  public static final int MAX_IMAGE_SIZE = 1024;

  /** Checks the two sizes. */
  public DataOptions {
    environment = Map.copyOf(environment);
    if (imageSize < 1 || imageSize > MAX_IMAGE_SIZE) {
      throw new IllegalArgumentException(
          "image size is %d, expected 1 to %d".formatted(imageSize, MAX_IMAGE_SIZE));
    }
    if (imageChannels != AUTO_CHANNELS && imageChannels != 1 && imageChannels != 3) {
      throw new IllegalArgumentException(
          "image channels is %d, expected 1 (gray), 3 (colour) or 0 (found from the images)"
              .formatted(imageChannels));
    }
  }

  /** This machine as it is; images of a folder become 32x32. */
  public static DataOptions defaults() {
    return new DataOptions(
        Optional.empty(),
        System.getenv(),
        Path.of(System.getProperty("user.home", ".")),
        Path.of("/usr/share/datasets"),
        32,
        AUTO_CHANNELS,
        DataListener.SILENT);
  }

  /** Looks in {@code directory} first. */
  public DataOptions withDirectory(Path directory) {
    return new DataOptions(
        Optional.of(directory), environment, home, systemData, imageSize, imageChannels, listener);
  }

  /** Reads {@code SEMIGAN_DATA} from {@code environment}. */
  public DataOptions withEnvironment(Map<String, String> environment) {
    return new DataOptions(
        directory, environment, home, systemData, imageSize, imageChannels, listener);
  }

  /** Takes {@code home} for the user's home. */
  public DataOptions withHome(Path home) {
    return new DataOptions(
        directory, environment, home, systemData, imageSize, imageChannels, listener);
  }

  /** Takes {@code systemData} for the place where packages of the system put data sets. */
  public DataOptions withSystemData(Path systemData) {
    return new DataOptions(
        directory, environment, home, systemData, imageSize, imageChannels, listener);
  }

  /** Brings the images of a folder to {@code size} x {@code size} pixels. */
  public DataOptions withImageSize(int size) {
    return new DataOptions(directory, environment, home, systemData, size, imageChannels, listener);
  }

  /** Brings the images of a folder to 1 or 3 channels, or {@link #AUTO_CHANNELS}. */
  public DataOptions withImageChannels(int channels) {
    return new DataOptions(directory, environment, home, systemData, imageSize, channels, listener);
  }

  /** Tells {@code listener} what is wrong with the data. */
  public DataOptions withListener(DataListener listener) {
    return new DataOptions(
        directory, environment, home, systemData, imageSize, imageChannels, listener);
  }
}
