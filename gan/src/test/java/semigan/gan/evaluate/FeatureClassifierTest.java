package semigan.gan.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DatasetView;
import semigan.gan.data.ImageDataset;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

class FeatureClassifierTest {
  @TempDir Path folder;

  @Test
  void eachBuiltInOneIsTheOnePinned() throws IOException {
    try (Backend device = Backends.open("cpu", message -> {});
        Scope scope = Scope.open(device)) {
      for (String data : List.of("glyphs", "mnist", "fashion-mnist")) {
        FeatureClassifier classifier =
            FeatureClassifier.builtIn(data, scope.device()).orElseThrow();
        assertEquals(FeatureClassifier.pinnedHash(data).orElseThrow(), classifier.hash());
        assertEquals(data, classifier.spec().data());
        assertEquals(10, classifier.spec().classes().size());
      }
      assertTrue(FeatureClassifier.builtIn("photos", scope.device()).isEmpty());
    }
  }

  @Test
  void theBuiltInOneKnowsItsClasses() throws IOException {
    ImageDataset test = DataSets.open("glyphs", DataOptions.defaults()).test();
    try (Backend device = Backends.open("cpu", message -> {});
        Scope scope = Scope.open(device)) {
      Accuracy accuracy =
          FeatureClassifier.builtIn("glyphs", scope.device())
              .orElseThrow()
              .accuracy(test, Progress.SILENT);
      assertEquals(2000, accuracy.total());
      assertTrue(accuracy.share() > 0.995, accuracy.errors() + " errors");
    }
  }

  @Test
  void aTrainedOneIsTheSameAgainAndFitsItsDataAlone() throws IOException {
    Path file = folder.resolve("patterns.safetensors");
    Patterns train = new Patterns(100, 1);
    Patterns test = new Patterns(130, 2);
    List<Long> steps = new ArrayList<>();
    try (Backend device = Backends.open("cpu", message -> {});
        Scope scope = Scope.open(device)) {
      String hash =
          FeatureClassifier.train(
              "patterns", train, file, device, (done, total) -> steps.add(total - done));
      assertEquals(0, steps.get(steps.size() - 1));
      Path again = folder.resolve("again.safetensors");
      assertEquals(
          hash, FeatureClassifier.train("patterns", train, again, device, Progress.SILENT));
      FeatureClassifier classifier = FeatureClassifier.load(file, "patterns", scope.device());
      assertEquals(hash, classifier.hash());
      assertEquals(0, classifier.accuracy(test, Progress.SILENT).errors());
      Features all = classifier.describe(test, Progress.SILENT).features();
      Features few = classifier.describe(new Patterns(7, 2), Progress.SILENT).features();
      assertArrayEquals(all.rows(0, 7).values(), few.values(), "whatever else is described");

      ImageDataset glyphs = DataSets.open("glyphs", DataOptions.defaults()).test();
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> classifier.describe(glyphs, Progress.SILENT))
              .getMessage();
      assertTrue(message.contains("is for 12x12x1 images of above, below, but"), message);
    }
  }

  /** A hundred times through those that have a label, however many others there are. */
  @Test
  void whatHasNoLabelTakesNoSteps() throws IOException {
    ImageDataset train =
        new DatasetView(new Patterns(1000, 1)) {
          @Override
          public int label(int index) {
            return index < 20 ? inner.label(index) : UNLABELLED;
          }
        };
    Set<Long> steps = new TreeSet<>();
    try (Backend device = Backends.open("cpu", message -> {})) {
      FeatureClassifier.train(
          "patterns",
          train,
          folder.resolve("few.safetensors"),
          device,
          (done, total) -> steps.add(total));
    }
    assertEquals(Set.of(20L), steps);
  }

  @Test
  void otherBytesAreNotTakenForTheBuiltInOne() throws IOException {
    Path file = folder.resolve("other.safetensors");
    Files.write(file, new byte[100]);
    try (Backend device = Backends.open("cpu", message -> {});
        Scope scope = Scope.open(device)) {
      String message =
          assertThrows(
                  IOException.class, () -> FeatureClassifier.load(file, "mnist", scope.device()))
              .getMessage();
      String expected = FeatureClassifier.pinnedHash("mnist").orElseThrow();
      assertTrue(message.contains("expected " + expected), message);
      assertThrows(IOException.class, () -> FeatureClassifier.load(file, "photos", scope.device()));
    }
  }
}
