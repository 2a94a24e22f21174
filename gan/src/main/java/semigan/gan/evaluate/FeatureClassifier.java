package semigan.gan.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.Subset;
import semigan.gan.model.Discriminator;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.nn.StateFile;
import semigan.nn.safetensors.SafetensorsFile;
import semigan.nn.safetensors.SafetensorsWriter;
import semigan.nn.safetensors.StoredType;
import semigan.nn.safetensors.TensorEntry;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * A frozen classifier of a data set's images, in whose features generated images are measured. It
 * goes by the SHA-256 of its file: measures by different ones do not compare. Those of the data
 * sets known by name come with this program, and no other file is taken for them.
 */
public final class FeatureClassifier {
  /** Key of the {@link FeatureSpec}, as JSON, in the file's metadata. */
  private static final String SPEC_KEY = "semigan.features";

  private static final Map<String, String> PINNED =
      Map.of(
          "glyphs", "786c83628ae16d8642ad2246077facd6d8c30562e7db087f4170c92cad8ae603",
          "mnist", "772e9b147538749e152669d48e5ca97340296ca72ea54b67fb7fcd90ee4be349",
          "fashion-mnist", "279dc64e72f25de791efe3473ae8a7965252d1925a0da036c74b1c35e5b1026a");

  private static final int BATCH = 100;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  private final FeatureSpec spec;
  private final String hash;
  private final Discriminator network;
  private final Backend device;

  FeatureClassifier(FeatureSpec spec, String hash, Discriminator network, Backend device) {
    this.spec = spec;
    this.hash = hash;
    this.network = network;
    this.device = device;
  }

  /** The SHA-256 of the classifier that comes with this program for {@code data}, in hex. */
  public static Optional<String> pinnedHash(String data) {
    return Optional.ofNullable(PINNED.get(data));
  }

  /**
   * The classifier that comes with this program for {@code data}, if there is one; its weights
   * belong to the innermost scope.
   *
   * @throws IOException if it is not the one that this version was made with
   */
  public static Optional<FeatureClassifier> builtIn(String data, Backend device)
      throws IOException {
    if (!PINNED.containsKey(data)) {
      return Optional.empty();
    }
    Path copy = Files.createTempFile("semigan-features", ".safetensors");
    try (InputStream resource =
        FeatureClassifier.class.getResourceAsStream(data + ".safetensors")) {
      if (resource == null) {
        throw new IOException(
            "the feature classifier of %s is missing from this program; build it again"
                .formatted(data));
      }
      Files.write(copy, resource.readAllBytes());
      return Optional.of(load(copy, data, device));
    } finally {
      Files.delete(copy);
    }
  }

  /**
   * A classifier from a file that {@link #train} wrote; its weights belong to the innermost scope.
   *
   * @param data the data set to be measured
   * @throws IOException if the file is damaged, or not the one pinned for {@code data}
   */
  public static FeatureClassifier load(Path file, String data, Backend device) throws IOException {
    String hash = hash(file);
    String expected = PINNED.getOrDefault(data, hash);
    if (!hash.equals(expected)) {
      throw new IOException(
          "%s: has SHA-256 %s, expected %s, the feature classifier of %s that comes with this program and that all its measures go by; leave --features out"
              .formatted(file, hash, expected, data));
    }
    return load(file, device, hash);
  }

  /** As {@link #load}, whatever it is to be used for. */
  public static FeatureClassifier loadAny(Path file, Backend device) throws IOException {
    return load(file, device, hash(file));
  }

  private static FeatureClassifier load(Path file, Backend device, String hash) throws IOException {
    FeatureSpec spec = readSpec(file);
    Discriminator network = FeatureNetwork.create(spec, new RandomSource(device, 0));
    StateFile.load(file, network.state());
    return new FeatureClassifier(spec, hash, network, device);
  }

  /**
   * Trains a classifier on all labels of {@code train} from a fixed seed, and writes it, its
   * weights rounded to BF16. The same machine with the same number of threads writes the same
   * bytes; another may not.
   *
   * @param data what the user calls the data set
   * @return the file's SHA-256 in hex
   */
  public static String train(
      String data, ImageDataset train, Path file, Backend device, Progress progress)
      throws IOException {
    FeatureSpec spec = FeatureSpec.of(data, train);
    long steps = ClassifierTraining.fullSteps(Subset.labelled(train).size());
    try (Scope scope = Scope.open(device)) {
      Discriminator network =
          ClassifierTraining.train(spec, train, steps, scope.device(), progress);
      Map<String, TensorEntry> entries = new LinkedHashMap<>();
      network
          .state()
          .forEach(
              (name, tensor) ->
                  entries.put(
                      name, TensorEntry.floats(StoredType.BF16, tensor::toFloats, sizes(tensor))));
      SafetensorsWriter.write(file, entries, Map.of(SPEC_KEY, JSON.writeValueAsString(spec)));
    }
    return hash(file);
  }

  /** What images it was trained on. */
  public FeatureSpec spec() {
    return spec;
  }

  /** The SHA-256 of its file, in hex. */
  public String hash() {
    return hash;
  }

  /**
   * Features and classes of every image.
   *
   * @throws IllegalArgumentException if the images are not of the kind that it was trained on
   */
  public Description describe(ImageDataset images, Progress progress) {
    spec.requireFit(images);
    int classes = spec.classes().size();
    float[] features = new float[Math.multiplyExact(images.size(), FeatureNetwork.FEATURES)];
    int[] predicted = new int[images.size()];
    float[] pixels = new float[BATCH * images.imageLength()];
    float[] batchFeatures = new float[BATCH * FeatureNetwork.FEATURES];
    float[] logits = new float[BATCH * classes];
    for (int first = 0; first < images.size(); first += BATCH) {
      int count = Math.min(BATCH, images.size() - first);
      for (int i = 0; i < count; i++) {
        images.read(first + i, pixels, i * images.imageLength());
      }
      // The batch is always full: a device may round differently in batches of another size.
      try (Scope scope = Scope.open(device)) {
        Shape shape = Shape.of(BATCH, spec.height(), spec.width(), spec.channels());
        Tensor x = Tensor.empty(scope.device(), DType.F32, shape);
        device.write(pixels, 0, x.buffer());
        Discriminator.Output output = network.judge(x, Mode.EVAL);
        device.read(output.features().buffer(), batchFeatures, 0);
        device.read(output.logits().buffer(), logits, 0);
      }
      System.arraycopy(
          batchFeatures,
          0,
          features,
          first * FeatureNetwork.FEATURES,
          count * FeatureNetwork.FEATURES);
      for (int i = 0; i < count; i++) {
        predicted[first + i] = Accuracy.largest(logits, i * classes, classes);
      }
      progress.at(first + count, images.size());
    }
    return new Description(
        new Features(features, images.size(), FeatureNetwork.FEATURES), predicted);
  }

  /** How it does on labelled images. */
  public Accuracy accuracy(ImageDataset images, Progress progress) {
    return Accuracy.of(describe(images, progress).classes(), images);
  }

  private static FeatureSpec readSpec(Path file) throws IOException {
    String json;
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      json = opened.metadata().get(SPEC_KEY);
    }
    if (json == null) {
      throw new IOException(
          "%s: is no feature classifier: its metadata has no '%s'; make one with 'features'"
              .formatted(file, SPEC_KEY));
    }
    try {
      return JSON.readValue(json, FeatureSpec.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s: describes no feature classifier that this version knows: %s"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = ContentHash.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static long[] sizes(Tensor tensor) {
    return tensor.shape().toList().stream().mapToLong(Integer::longValue).toArray();
  }
}
