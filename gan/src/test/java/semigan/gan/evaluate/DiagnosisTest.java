package semigan.gan.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.Subset;
import semigan.kernels.Backend;
import semigan.kernels.Backends;

/** Collapse, copies, overfitting and calibration, where it is known what there is. */
class DiagnosisTest {
  private static final List<String> CLASSES = List.of("cat", "dog");

  @Test
  void aClassThatIsHardlyDrawnIsNamed() {
    ClassShares even = ClassShares.of(labels(2, 2), labels(25, 25), 2);
    ClassShares uneven = ClassShares.of(labels(5, 45), labels(25, 25), 2);
    assertArrayEquals(new double[] {0.1, 0.9}, uneven.generated(), 1e-12);
    String none = Diagnosis.modeCollapse(even, CLASSES, near(0.9), near(0.95));
    assertTrue(none.startsWith("no sign: each class is drawn at least 1.00 times"), none);
    String dropped = Diagnosis.modeCollapse(uneven, CLASSES, near(0.9), near(0.95));
    assertTrue(dropped.startsWith("yes: hardly drawn"), dropped);
    assertTrue(dropped.contains("cat (0.20)") && !dropped.contains("dog"), dropped);
    String within = Diagnosis.modeCollapse(even, CLASSES, near(0.2), near(0.95));
    assertTrue(within.startsWith("within classes"), within);
    String outside =
        Diagnosis.modeCollapse(uneven, CLASSES, new DensityCoverage(0.01, 0.01), near(0.95));
    assertTrue(outside.startsWith("cannot be told"), outside);
  }

  /** So many of the first class, and of the second. */
  private static int[] labels(int cats, int dogs) {
    int[] labels = new int[cats + dogs];
    Arrays.fill(labels, cats, labels.length, 1);
    return labels;
  }

  /**
   * That none of twenty images is of one of ten classes is chance; that none of a thousand is, not.
   */
  @Test
  void amongFewImagesAClassMayBeMissingByChance() {
    List<String> classes = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    Random random = new Random(1);
    int perhaps = 0;
    for (int trial = 0; trial < 200; trial++) {
      ClassShares few = ClassShares.of(drawn(random, 20), drawn(random, 20), 10);
      String words = Diagnosis.modeCollapse(few, classes, near(0.9), near(0.95));
      assertFalse(words.startsWith("yes"), words);
      perhaps += words.startsWith("cannot be told: among 20 generated and 20 test images") ? 1 : 0;
    }
    assertTrue(perhaps > 100, perhaps + " of 200");
    ClassShares onlyOne = ClassShares.of(new int[50], drawn(random, 50), 10);
    String all = Diagnosis.modeCollapse(onlyOne, classes, near(0.9), near(0.95));
    assertTrue(all.startsWith("yes: hardly drawn") && all.contains("1 (0.00), 2 (0.00)"), all);
    int[] withoutNines = Arrays.stream(drawn(random, 1000)).map(label -> label % 9).toArray();
    ClassShares many = ClassShares.of(withoutNines, drawn(random, 1000), 10);
    String words = Diagnosis.modeCollapse(many, classes, near(0.9), near(0.95));
    assertTrue(words.startsWith("yes: hardly drawn") && words.contains(": 9 (0.00);"), words);
  }

  private static int[] drawn(Random random, int count) {
    return random.ints(count, 0, 10).toArray();
  }

  private static DensityCoverage near(double coverage) {
    return new DensityCoverage(0.8, coverage);
  }

  @Test
  void copiesOfTrainingImagesAreFound() {
    ImageDataset train = new Patterns(2300, 1);
    ImageDataset test = new Patterns(200, 2);
    ImageDataset copies = Subset.sample(train, 50, 7);
    try (Backend device = Backends.open("cpu", message -> {})) {
      Memorisation copied = Memorisation.of(train, test, copies, device, Progress.SILENT);
      assertEquals(1, copied.share());
      assertArrayEquals(new double[50], copied.distances());
      float[] expected = new float[train.imageLength()];
      float[] found = new float[train.imageLength()];
      for (int i = 0; i < 50; i++) {
        copies.read(i, expected, 0);
        train.read(copied.neighbours()[i], found, 0);
        assertArrayEquals(expected, found);
      }
      assertTrue(Diagnosis.memorisation(copied).startsWith("likely"));

      Memorisation fresh =
          Memorisation.of(train, test, new Patterns(500, 3), device, Progress.SILENT);
      assertTrue(fresh.share() < 0.03, "share " + fresh.share());
      assertEquals(fresh.testMedian(), fresh.median(), 0.01);
      assertTrue(Diagnosis.memorisation(fresh).startsWith("no sign"));
      assertEquals(nearestByPlainLoop(train, new Patterns(500, 3), 11), fresh.neighbours()[11]);
    }
  }

  private static int nearestByPlainLoop(ImageDataset train, ImageDataset images, int index) {
    float[] image = new float[train.imageLength()];
    float[] other = new float[train.imageLength()];
    images.read(index, image, 0);
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < train.size(); i++) {
      train.read(i, other, 0);
      double sum = 0;
      for (int k = 0; k < image.length; k++) {
        sum += (image[k] - other[k]) * (image[k] - other[k]);
      }
      if (sum < least) {
        least = sum;
        best = i;
      }
    }
    return best;
  }

  @Test
  void theAdvantageIsTheShareOfPairs() {
    double[] train = {3, 1, 2, 2};
    double[] test = {2, 0};
    // 3 beats both, 1 beats 0, each 2 beats 0 and ties with 2: 2 + 1 + 1.5 + 1.5 of 8.
    assertEquals(6 / 8.0, Overfitting.advantage(train, test));
    double[] same = new Random(1).doubles(100).toArray();
    assertEquals(0.5, Overfitting.advantage(same, same), 1e-12);
  }

  @Test
  void aDiscriminatorThatKnowsItsTrainingImagesIsToldApart() {
    Verdicts train = scores(2);
    Verdicts test = scores(0);
    String strong = Diagnosis.overfitting(Overfitting.of(train, test, test));
    assertTrue(strong.startsWith("strong"), strong);
    String none = Diagnosis.overfitting(Overfitting.of(test, test, test));
    assertTrue(none.startsWith("no sign"), none);
    assertEquals(1 / (1 + Math.exp(-2)), train.meanReal(), 0.1);
  }

  @Test
  void fewImagesTellNothingOfOverfittingOrCopies() {
    double[] train = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    double[] test = new double[10];
    Arrays.fill(test, 4.5);
    Overfitting few = Overfitting.of(verdicts(train), verdicts(test), verdicts(test));
    assertEquals(0.6, few.advantage(), 1e-12);
    assertEquals(Math.sqrt(21 / 1200.0), few.deviation(), 1e-12);
    assertTrue(Diagnosis.overfitting(few).startsWith("no sign"));
    Memorisation ninetyNine = new Memorisation(new int[5], new double[5], new double[99]);
    String words = Diagnosis.memorisation(ninetyNine);
    assertTrue(words.startsWith("cannot be told: 99 test images"), words);
  }

  /** Spread evenly around {@code mean}. */
  private static Verdicts scores(double mean) {
    return verdicts(new Random(5).doubles(1000).map(u -> mean + 2 * u - 1).toArray());
  }

  private static Verdicts verdicts(double... realLogits) {
    return new Verdicts(new int[realLogits.length], new float[realLogits.length], realLogits);
  }

  @Test
  void calibrationIsTheGapBetweenConfidenceAndAccuracy() {
    // Labels of patterns alternate 0, 1; it says 0 always, and so is right every other time.
    float[] confidences = new float[10];
    Arrays.fill(confidences, 0, 6, 0.9f);
    Arrays.fill(confidences, 6, 10, 1f);
    Calibration calibration =
        Calibration.of(new Verdicts(new int[10], confidences, new double[10]), new Patterns(10, 1));
    assertEquals(15, calibration.bins().size());
    assertEquals(6, calibration.bins().get(13).images());
    assertEquals(4, calibration.bins().get(14).images());
    assertEquals(0.5, calibration.bins().get(14).accuracy());
    assertEquals(0.6 * 0.4 + 0.4 * 0.5, calibration.error(), 1e-6);
  }

  @Test
  void aSampleHoldsEachImageAtMostOnce() {
    Patterns all = new Patterns(40, 1);
    ImageDataset sample = Subset.sample(all, 25, 3);
    assertEquals(25, sample.size());
    assertEquals(40, Subset.sample(all, 100, 3).size());
    float[][] images = new float[25][all.imageLength()];
    float[] original = new float[all.imageLength()];
    for (int i = 0; i < 25; i++) {
      sample.read(i, images[i], 0);
      for (int j = 0; j < i; j++) {
        assertTrue(!Arrays.equals(images[i], images[j]), i + " and " + j);
      }
      float[] image = images[i];
      int label = sample.label(i);
      boolean found = false;
      for (int j = 0; j < 40; j++) {
        all.read(j, original, 0);
        found |= Arrays.equals(image, original) && all.label(j) == label;
      }
      assertTrue(found);
    }
  }
}
