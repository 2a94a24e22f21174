package semigan.gan.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.model.Discriminator;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;

class FeatureCacheTest {
  @TempDir Path folder;

  private final Patterns images = new Patterns(30, 1);
  private final List<String> warnings = new ArrayList<>();
  private Backend device;
  private Scope scope;
  private int described;

  @BeforeEach
  void open() {
    device = Backends.open("cpu", message -> {});
    scope = Scope.open(device);
  }

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  @Test
  void describesTheSameImagesOnce() throws IOException {
    FeatureClassifier classifier = classifier(1, "one");
    Description first = describe(classifier, images);
    assertEquals(1, described);
    same(first, describe(classifier, new Patterns(30, 1)));
    assertEquals(1, described, "the same images, wherever they come from");
    describe(classifier, new Patterns(30, 2));
    assertEquals(2, described, "other images");
    describe(classifier(2, "two"), images);
    assertEquals(3, described, "another classifier");
    assertEquals(3, files().size());
    assertEquals(List.of(), warnings);
  }

  @Test
  void aDamagedFileIsWrittenAgain() throws IOException {
    FeatureClassifier classifier = classifier(1, "one");
    Description first = describe(classifier, images);
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    byte[] flipped = whole.clone();
    flipped[flipped.length - 200] ^= 1;
    for (byte[] damaged : new byte[][] {flipped, new byte[0], new byte[] {1, 2, 3}}) {
      Files.write(file, damaged);
      warnings.clear();
      same(first, describe(classifier, images));
      assertEquals(1, warnings.size(), warnings.toString());
      assertTrue(warnings.get(0).contains("computed again"), warnings.get(0));
      assertArrayEquals(whole, Files.readAllBytes(file));
    }
  }

  @Test
  void withoutAPlaceToKeepThemFeaturesAreComputedAllTheSame() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    FeatureCache cache = new FeatureCache(file, warnings::add);
    Description description =
        cache.describe(classifier(1, "one"), images, device.name(), Progress.SILENT);
    assertEquals(30, description.features().count());
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).contains("cannot be kept"), warnings.get(0));
  }

  private FeatureClassifier classifier(long seed, String hash) {
    FeatureSpec spec = FeatureSpec.of("patterns", images);
    Discriminator network = FeatureNetwork.create(spec, new RandomSource(scope.device(), seed));
    return new FeatureClassifier(spec, hash, network, device);
  }

  private Description describe(FeatureClassifier classifier, Patterns images) {
    return new FeatureCache(folder.resolve("features"), warnings::add)
        .describe(classifier, images, device.name(), (done, total) -> described++);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("features"))) {
      return files.toList();
    }
  }

  private static void same(Description expected, Description actual) {
    assertArrayEquals(expected.features().values(), actual.features().values());
    assertArrayEquals(expected.classes(), actual.classes());
  }
}
