package semigan.gan.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.PaddedDataset;
import semigan.gan.evaluate.Accuracy;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.train.TrainConfig;
import semigan.kernels.Backend;
import semigan.tensor.Scope;

/** {@code evaluate}. */
@Command(
    name = "evaluate",
    description = "Measures how well a model classifies the test images of a data set.",
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  java -jar gan.jar evaluate runs/first",
      "  java -jar gan.jar evaluate model.safetensors --data fashion-mnist"
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

  @Override
  public Integer call() throws Exception {
    Path file = model.file();
    try (Backend device = model.openDevice();
        Scope scope = Scope.open(device)) {
      GanModel loaded = GanModel.load(file, scope.device());
      ModelSpec spec = loaded.spec();
      chooseData();
      DataOptions options =
          DataOptions.defaults().withImageSize(spec.canvas()).withListener(Output.DATA_WARNINGS);
      ImageDataset test =
          DataSets.open(data, dataDir == null ? options : options.withDirectory(dataDir)).test();
      requireFit(spec, test);
      Accuracy accuracy =
          Accuracy.of(
              loaded.discriminator(),
              new PaddedDataset(test, spec.canvas(), spec.canvas()),
              device);
      print(accuracy, spec.classes());
    }
    return 0;
  }

  /** Without another wish, the data that the run learnt from. */
  private void chooseData() {
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
  }

  private void print(Accuracy accuracy, List<String> classes) {
    if (isJson()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("data", data);
      line.put("accuracy", accuracy.share());
      line.put("testErrors", accuracy.errors());
      line.put("testImages", accuracy.total());
      line.put("confusion", accuracy.confusion());
      System.out.println(Output.json(line));
      return;
    }
    System.out.printf(
        "accuracy: %.2f%% (%d errors in %d)%n",
        100 * accuracy.share(), accuracy.errors(), accuracy.total());
    for (int label = 0; label < classes.size(); label++) {
      int[] row = accuracy.confusion()[label];
      int total = 0;
      for (int n : row) {
        total += n;
      }
      System.out.printf(
          "  %-14s %6.2f%%  of %d%n",
          classes.get(label), total == 0 ? 0 : 100.0 * row[label] / total, total);
    }
  }
}
