package semigan.gan.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.LabelSplit;
import semigan.gan.data.Subset;
import semigan.gan.evaluate.Accuracy;
import semigan.gan.evaluate.Calibration;
import semigan.gan.evaluate.Evaluator;
import semigan.gan.evaluate.FeatureCache;
import semigan.gan.evaluate.FeatureClassifier;
import semigan.gan.evaluate.Memorisation;
import semigan.gan.evaluate.Verdicts;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.train.TrainConfig;
import semigan.kernels.Backend;
import semigan.tensor.Scope;

/** {@code evaluate}. */
@Command(
    name = "evaluate",
    description = {
      "Measures a model against the test images of a data set: how well it classifies them, how near the images that it draws come to them, and whether it has collapsed or copies.",
      "As many training images are measured beside the generated ones: what real images reach."
    },
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  java -jar gan.jar evaluate runs/first",
      "  java -jar gan.jar evaluate model.safetensors --data fashion-mnist --count 2000"
    })
final class EvaluateCommand extends Verbosity implements Callable<Integer> {
  @Mixin private ModelArgument model;

  @Option(
      names = "--data",
      paramLabel = "NAME|DIR",
      description = "The data set, as for train (default: the one that the run learnt from).")
  private String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where to look for the data first.")
  private Path dataDir;

  @Option(
      names = "--count",
      paramLabel = "N",
      description =
          "Images to draw and to compare with as many test and training images (default: as many as there are test images).")
  private Integer count;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description =
          "The classifier in whose features images are compared, made by 'features' (default: the one built in for the data set).")
  private Path features;

  @Option(
      names = "--neighbours",
      paramLabel = "FILE.png",
      defaultValue = "neighbours.png",
      description =
          "A picture of the generated images that are nearest to a training image, each above it (default: ${DEFAULT-VALUE}).")
  private Path neighbours;

  /** Whether the data is what the run learnt from. */
  private boolean fromRun;

  @Override
  public Integer call() throws Exception {
    if (count != null && count < 1) {
      throw new IllegalArgumentException("--count must be positive but is " + count);
    }
    Output.requireWritable("--neighbours", neighbours);
    Path file = model.file();
    try (Backend device = model.openDevice();
        Scope scope = Scope.open(device)) {
      GanModel loaded = GanModel.load(file, scope.device());
      ModelSpec spec = loaded.spec();
      chooseData();
      DataOptions options =
          DataOptions.defaults()
              .withImageSize(spec.canvas())
              .withImageChannels(spec.channels())
              .withListener(Output.DATA_WARNINGS);
      DataSplit split =
          DataSets.open(data, dataDir == null ? options : options.withDirectory(dataDir));
      requireFit(spec, split.test());
      split = new DataSplit(Subset.without(split.train(), heldOut(split)), split.test());
      Optional<FeatureClassifier> classifier = openFeatures(scope.device());
      measure(loaded, split, classifier, options, device);
    }
    return 0;
  }

  private Optional<FeatureClassifier> openFeatures(Backend device) throws IOException {
    return features == null
        ? FeatureClassifier.builtIn(data, device)
        : Optional.of(FeatureClassifier.load(features, data, device));
  }

  private void measure(
      GanModel loaded,
      DataSplit split,
      Optional<FeatureClassifier> classifier,
      DataOptions options,
      Backend device) {
    ModelSpec spec = loaded.spec();
    ProgressPrinter printer = new ProgressPrinter(System.err, Output.isTerminal());
    int images = count == null ? split.test().size() : count;
    EvaluationReport report = new EvaluationReport(isJson(), data, spec.classes(), images);
    Verdicts verdicts = Verdicts.of(loaded, split.test(), device, printer.of("test image"));
    Accuracy accuracy = Accuracy.of(verdicts.classes(), split.test());
    boolean labelled = model.learntLabels() && accuracy.total() > 0;
    if (labelled) {
      report.accuracy(accuracy, Calibration.of(verdicts, split.test()));
    } else {
      report.skipped(
          "accuracy, calibration, training on generated images",
          model.learntLabels() ? "no test image has a label" : "the model learnt no labels");
    }
    if (spec.generates()) {
      Evaluator evaluator = new Evaluator(loaded, split, verdicts, images, device, printer::of);
      compare(evaluator, classifier, labelled, options, report);
      Memorisation memorisation = evaluator.memorisation();
      evaluator.drawNearest(memorisation, neighbours);
      report.memorisation(memorisation, neighbours);
      report.overfitting(evaluator.overfitting());
    } else {
      report.skipped("everything about generated images", "the model is a classifier alone");
    }
    report.end();
  }

  private void compare(
      Evaluator evaluator,
      Optional<FeatureClassifier> classifier,
      boolean labelled,
      DataOptions options,
      EvaluationReport report) {
    if (classifier.isEmpty()) {
      report.skipped(
          "FID, KID, precision, recall, density, coverage, mode collapse",
          "no feature classifier for %s; 'features --data %s --size %d' makes one to give with --features"
              .formatted(data, data, options.imageSize()));
      return;
    }
    FeatureCache cache =
        new FeatureCache(options.home().resolve(".cache/semigan/features"), Output::warn);
    report.seen(evaluator.compare(classifier.get(), cache), classifier.get());
    if (labelled) {
      evaluator
          .transfer(classifier.get())
          .ifPresentOrElse(
              report::transfer,
              () ->
                  report.skipped("training on generated images", "no training image has a label"));
    }
  }

  /** Training images that the run did not learn from, where it is known. */
  private int[] heldOut(DataSplit split) {
    return fromRun
        ? LabelSplit.heldOut(split.train(), model.config().images().heldOut())
        : new int[0];
  }

  /** Without another wish, the data that the run learnt from. */
  private void chooseData() {
    fromRun = data == null || model.learntFrom(data);
    if (data == null) {
      TrainConfig learnt = model.config();
      data = learnt.images().data();
      if (dataDir == null && learnt.images().dataDir() != null) {
        dataDir = Path.of(learnt.images().dataDir());
      }
    }
  }

  private void requireFit(ModelSpec spec, ImageDataset test) {
    if (test.height() != spec.height()
        || test.width() != spec.width()
        || test.channels() != spec.channels()
        || test.classNames().size() != spec.classes().size()) {
      throw new IllegalArgumentException(
          "the model was trained on %dx%dx%d images of %d classes, but %s has %dx%dx%d of %d; give its own --data"
              .formatted(
                  spec.height(),
                  spec.width(),
                  spec.channels(),
                  spec.classes().size(),
                  data,
                  test.height(),
                  test.width(),
                  test.channels(),
                  test.classNames().size()));
    }
    spec.requireClasses("the model", test.classNames());
  }
}
