package semigan.gan.evaluate;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.Subset;
import semigan.gan.image.ImageGrid;
import semigan.gan.model.GanModel;
import semigan.gan.model.Sampler;
import semigan.kernels.Backend;

/**
 * Measures a model against a data set: as many generated images, test images, and training images
 * for what real images reach, all chosen by one seed.
 */
public final class Evaluator {
  private static final long SEED = 1;

  /** The nearest of some thousand images tells as much as that of all. */
  private static final int MEMORISATION_IMAGES = 2000;

  private static final int PAIRS = 20;
  private static final int COLUMNS = 10;
  private static final float BLACK = -1;

  private final GanModel model;
  private final DataSplit data;
  private final ImageDataset train;
  private final ImageDataset test;
  private final GeneratedImages generated;
  private final Backend device;
  private final Function<String, Progress> progress;
  private final Verdicts verdicts;
  private final Verdicts generatedVerdicts;

  /**
   * Draws the images, and asks the discriminator about them.
   *
   * @param model one with a generator
   * @param data of the model's image size
   * @param verdicts of the model on all test images
   * @param count images of each kind; of test and training images all, where there are fewer
   * @param progress by the name of what is being done
   */
  public Evaluator(
      GanModel model,
      DataSplit data,
      Verdicts verdicts,
      int count,
      Backend device,
      Function<String, Progress> progress) {
    this.model = model;
    this.data = data;
    this.device = device;
    this.progress = progress;
    this.train = Subset.sample(data.train(), count, SEED);
    this.test = Subset.sample(data.test(), count, SEED);
    Sampler sampler = new Sampler(model, device, SEED);
    this.generated =
        GeneratedImages.draw(data.test(), sampler, count, progress.apply("drawn image"));
    this.verdicts = verdicts;
    this.generatedVerdicts =
        Verdicts.of(model, generated, device, progress.apply("generated image"));
  }

  /**
   * What a feature classifier sees.
   *
   * @param generated generated images against test images
   * @param floor as many training images against test images
   * @param shares of the classes
   * @param testImages compared with
   */
  public record Seen(Comparison generated, Comparison floor, ClassShares shares, int testImages) {}

  /** Every measure in the features of {@code classifier}. */
  public Seen compare(FeatureClassifier classifier, FeatureCache cache) {
    Description ofTest =
        cache.describe(classifier, test, device.name(), progress.apply("test image"));
    Description ofTrain =
        cache.describe(classifier, train, device.name(), progress.apply("training image"));
    Description drawn = classifier.describe(generated, progress.apply("generated image"));
    return new Seen(
        Comparison.of(
            ofTest.features(), drawn.features(), progress.apply("comparing generated images")),
        Comparison.of(
            ofTest.features(), ofTrain.features(), progress.apply("comparing training images")),
        ClassShares.of(drawn.classes(), ofTest.classes(), test.classNames().size()),
        test.size());
  }

  /**
   * What classifiers learn from generated images, and make of them; nothing if no training image
   * has a label.
   */
  public Optional<Transfer> transfer(FeatureClassifier classifier) {
    ImageDataset known = Subset.sample(Subset.labelled(data.train()), generated.size(), SEED);
    if (known.size() == 0) {
      return Optional.empty();
    }
    GeneratedImages labelled = generated.labelled(generatedVerdicts.classes());
    FeatureSpec spec = classifier.spec();
    long steps = ClassifierTraining.fewSteps(Math.min(generated.size(), known.size()));
    return Optional.of(
        new Transfer(
            steps,
            known.size(),
            Transfer.accuracy(
                spec, labelled, test, steps, device, progress.apply("step on generated images")),
            Transfer.accuracy(
                spec, known, test, steps, device, progress.apply("step on training images")),
            classifier.accuracy(labelled, progress.apply("generated image")),
            classifier.accuracy(test, progress.apply("test image"))));
  }

  /** Of up to 2,000 generated and test images beside every training image. */
  public Memorisation memorisation() {
    return Memorisation.of(
        data.train(),
        Subset.sample(data.test(), Math.min(test.size(), MEMORISATION_IMAGES), SEED),
        generated.first(MEMORISATION_IMAGES),
        device,
        progress.apply("training image searched"));
  }

  /** The discriminator's scores of training, test and generated images. */
  public Overfitting overfitting() {
    Verdicts ofTrain = Verdicts.of(model, train, device, progress.apply("training image"));
    return Overfitting.of(ofTrain, verdicts, generatedVerdicts);
  }

  /**
   * Draws pairs: a row of the generated images that are nearest to a training image, below it a row
   * of those training images, and so on.
   *
   * @throws semigan.gan.store.StoreException if the picture cannot be written
   */
  public void drawNearest(Memorisation memorisation, Path png) {
    int length = generated.imageLength();
    int[] nearest = memorisation.nearestFirst();
    int pairs = Math.min(PAIRS, nearest.length);
    int columns = Math.min(COLUMNS, pairs);
    int rows = 2 * ((pairs + columns - 1) / columns);
    float[] images = new float[rows * columns * length];
    Arrays.fill(images, BLACK);
    for (int i = 0; i < pairs; i++) {
      int place = (i / columns * 2 * columns + i % columns) * length;
      generated.read(nearest[i], images, place);
      data.train().read(memorisation.neighbours()[nearest[i]], images, place + columns * length);
    }
    ImageGrid.write(
        png,
        images,
        rows * columns,
        generated.height(),
        generated.width(),
        generated.channels(),
        columns);
  }
}
