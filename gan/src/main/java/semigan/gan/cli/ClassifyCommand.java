package semigan.gan.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import semigan.gan.evaluate.Judgement;
import semigan.gan.image.ImageCodec;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.tensor.Scope;

/** {@code classify}. */
@Command(
    name = "classify",
    description =
        "Says of each image what class it shows, and how real the discriminator finds it: the one if the model learnt labels, the other if it learnt against a generator.",
    sortOptions = false,
    footer = {"", "Example:", "  java -jar gan.jar classify runs/first photo.png scan.jpg"})
final class ClassifyCommand extends Verbosity implements Callable<Integer> {
  @Mixin private ModelArgument model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "PNG or JPEG files of any size: scaled and cropped to the model's.")
  private List<Path> images;

  @Override
  public Integer call() throws Exception {
    Path file = model.file();
    boolean classifies = model.learntLabels();
    try (Backend device = model.openDevice();
        Scope scope = Scope.open(device)) {
      GanModel loaded = GanModel.load(file, scope.device());
      ModelSpec spec = loaded.spec();
      List<Map<String, Object>> lines = new ArrayList<>();
      for (Path image : images) {
        float[] pixels = ImageCodec.read(image, spec.height(), spec.width(), spec.channels());
        Judgement judgement = Judgement.of(loaded, pixels, device);
        if (isJson()) {
          lines.add(describe(image, judgement, spec, classifies));
        } else {
          print(image, judgement, spec, classifies);
        }
      }
      if (isJson()) {
        System.out.println(Output.json(lines));
      }
    }
    return 0;
  }

  /** Only what the model has learnt to say. */
  private static Map<String, Object> describe(
      Path image, Judgement judgement, ModelSpec spec, boolean classifies) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("image", image.toString());
    if (classifies) {
      Map<String, Object> probabilities = new LinkedHashMap<>();
      for (int k = 0; k < spec.classes().size(); k++) {
        probabilities.put(spec.classes().get(k), judgement.probabilities()[k]);
      }
      line.put("class", spec.classes().get(judgement.best()));
      line.put("probabilities", probabilities);
    }
    if (spec.generates()) {
      line.put("real", judgement.real());
    }
    return line;
  }

  private static void print(Path image, Judgement judgement, ModelSpec spec, boolean classifies) {
    List<String> classes = spec.classes();
    List<String> words = new ArrayList<>();
    if (classifies) {
      int best = judgement.best();
      words.add("%s (%.1f%%)".formatted(classes.get(best), 100 * judgement.probabilities()[best]));
    }
    if (spec.generates()) {
      words.add("real %.1f%%".formatted(100 * judgement.real()));
    }
    System.out.printf("%s: %s%n", image, String.join(", ", words));
    for (int k = 0; classifies && k < classes.size(); k++) {
      System.out.printf("  %-14s %6.2f%%%n", classes.get(k), 100 * judgement.probabilities()[k]);
    }
  }
}
