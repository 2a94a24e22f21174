package semigan.gan.evaluate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import semigan.gan.data.ImageDataset;
import semigan.nn.safetensors.SafetensorsFile;
import semigan.nn.safetensors.SafetensorsWriter;
import semigan.nn.safetensors.TensorEntry;

/**
 * Keeps what a feature classifier said of images, under the hash of both: other images, or another
 * classifier, are never taken for them. Without it everything is only slower, so that no fault of
 * it is more than a warning.
 */
public final class FeatureCache {
  private static final String FEATURES = "features";
  private static final String CLASSES = "classes";
  private static final String HASH = "sha256";

  private final Path folder;
  private final Consumer<String> warnings;

  /**
   * @param folder made when it is needed
   */
  public FeatureCache(Path folder, Consumer<String> warnings) {
    this.folder = folder;
    this.warnings = warnings;
  }

  /**
   * As {@link FeatureClassifier#describe}, once for the same images.
   *
   * @param device name of the device that computes, which may round as no other does
   */
  public Description describe(
      FeatureClassifier classifier, ImageDataset images, String device, Progress progress) {
    classifier.spec().requireFit(images);
    Path file = folder.resolve(name(classifier, images, device) + ".safetensors");
    if (Files.exists(file)) {
      try {
        return read(file, images.size());
      } catch (IOException | IllegalArgumentException e) {
        warnings.accept(e.getMessage() + "; these features are computed again");
      }
    }
    Description description = classifier.describe(images, progress);
    write(file, description);
    return description;
  }

  private static String name(FeatureClassifier classifier, ImageDataset images, String device) {
    MessageDigest digest = ContentHash.sha256();
    for (String part : new String[] {ContentHash.of(images), classifier.hash(), device}) {
      digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static Description read(Path file, int images) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      long[] shape = opened.shape(FEATURES);
      float[] values = opened.readFloats(FEATURES);
      int[] classes = opened.readInts(CLASSES);
      if (!hash(values, classes).equals(opened.metadata().get(HASH))
          || shape.length != 2
          || shape[0] != images
          || classes.length != images) {
        throw new IOException(file + ": damaged, its content does not have the hash it names");
      }
      return new Description(new Features(values, images, (int) shape[1]), classes);
    }
  }

  private void write(Path file, Description description) {
    Features features = description.features();
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    entries.put(FEATURES, TensorEntry.f32(features.values(), features.count(), features.width()));
    entries.put(CLASSES, TensorEntry.i32(description.classes(), features.count()));
    try {
      Files.createDirectories(folder);
      SafetensorsWriter.write(
          file, entries, Map.of(HASH, hash(features.values(), description.classes())));
    } catch (IOException e) {
      warnings.accept(
          "%s: features cannot be kept for the next time: %s".formatted(folder, e.getMessage()));
    }
  }

  private static String hash(float[] values, int[] classes) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(4, values.length + classes.length));
    bytes.asFloatBuffer().put(values);
    bytes.position(4 * values.length);
    bytes.asIntBuffer().put(classes);
    return HexFormat.of().formatHex(ContentHash.sha256().digest(bytes.array()));
  }
}
