package semigan.gan.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.evaluate.FeatureClassifier;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

/** {@code features}. */
@Command(
    name = "features",
    description = {
      "Trains the classifier in whose features 'evaluate' measures generated images, on all labels of a data set.",
      "glyphs, mnist and fashion-mnist have one built in; here it can be made again, or for data of your own."
    },
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  java -jar gan.jar features --data photos --out photos.safetensors",
      "  java -jar gan.jar evaluate runs/photos --features photos.safetensors"
    })
final class FeaturesCommand extends Verbosity implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "NAME|DIR",
      required = true,
      description = "The data set, as for train.")
  private String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where to look for the data first.")
  private Path dataDir;

  @Option(
      names = "--size",
      paramLabel = "S",
      defaultValue = "32",
      description =
          "Images of a folder become SxS, as the model to be measured has them (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "features.safetensors",
      description = "The classifier (default: ${DEFAULT-VALUE}).")
  private Path out;

  // Not the GPU by default, on which the same seed ends in other bits than on the processor.
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = Output.DEVICES + " (default: ${DEFAULT-VALUE}).")
  private String device;

  @Mixin private ThreadsOption threads;

  @Override
  public Integer call() throws Exception {
    Output.requireWritable("--out", out);
    DataOptions options =
        DataOptions.defaults().withImageSize(size).withListener(Output.DATA_WARNINGS);
    DataSplit split =
        DataSets.open(data, dataDir == null ? options : options.withDirectory(dataDir));
    try (Backend backend = Backends.open(device, Output::warn)) {
      ProgressPrinter printer = new ProgressPrinter(System.err, Output.isTerminal());
      String hash =
          FeatureClassifier.train(data, split.train(), out, backend, printer.of("training step"));
      try (Scope scope = Scope.open(backend)) {
        FeatureClassifier classifier = FeatureClassifier.loadAny(out, scope.device());
        print(hash, classifier.accuracy(split.test(), printer.of("test image")).share());
      }
    }
    return 0;
  }

  private void print(String hash, double accuracy) {
    Optional<String> pinned = FeatureClassifier.pinnedHash(data);
    if (isJson()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("data", data);
      line.put("out", out.toString());
      line.put("sha256", hash);
      line.put("builtIn", pinned.orElse(null));
      line.put("accuracy", accuracy);
      System.out.println(Output.json(line));
      return;
    }
    System.out.printf("wrote %s, SHA-256 %s%n", out, hash);
    System.out.printf("test accuracy: %.2f%%%n", 100 * accuracy);
    pinned.ifPresent(
        expected ->
            System.out.println(
                expected.equals(hash)
                    ? "the same as the one built in"
                    : "not the one built in (%s): another processor or number of threads rounds differently; 'evaluate' will not mix them"
                        .formatted(expected)));
  }
}
