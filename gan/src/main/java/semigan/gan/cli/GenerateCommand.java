package semigan.gan.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import semigan.gan.image.ImageGrid;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.model.Sampler;
import semigan.kernels.Backend;
import semigan.tensor.Scope;

/** {@code generate}. */
@Command(
    name = "generate",
    description =
        "Draws images. The same seed and index give the same image, however many are drawn.",
    sortOptions = false,
    footer = {
      "",
      "Example: a grid of 64, and a thousand single images of one class:",
      "  java -jar gan.jar generate runs/first --count 64 --seed 7 --out grid.png",
      "  java -jar gan.jar generate runs/first --count 1000 --class 3 --out threes"
    })
final class GenerateCommand extends Verbosity implements Callable<Integer> {
  /** Images held at a time. */
  private static final int CHUNK = 1024;

  /** A picture larger than this is no grid to look at. */
  private static final int MAX_GRID = 10_000;

  @Mixin private ModelArgument model;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "64",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Which images (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--class",
      paramLabel = "K",
      description = "Only images that the discriminator takes for this class: its name or number.")
  private String wanted;

  @Option(
      names = "--out",
      paramLabel = "DIR|FILE.png",
      defaultValue = "grid.png",
      description = "One grid, or a folder for single images (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Override
  public Integer call() throws Exception {
    boolean grid = out.toString().toLowerCase(Locale.ROOT).endsWith(".png");
    if (count < 1) {
      throw new IllegalArgumentException("--count must be positive but is " + count);
    }
    if (grid && count > MAX_GRID) {
      throw new IllegalArgumentException(
          "a grid holds at most %d images; give --out a folder for %d".formatted(MAX_GRID, count));
    }
    if (grid) {
      Output.requireWritable("--out", out);
    }
    Path file = model.file();
    if (wanted != null && !model.learntLabels()) {
      throw new IllegalArgumentException(
          "--class is '%s' but the model learnt no labels, so that it knows no classes; leave --class out"
              .formatted(wanted));
    }
    try (Backend device = model.openDevice();
        Scope scope = Scope.open(device)) {
      GanModel loaded = GanModel.load(file, scope.device());
      if (!loaded.spec().generates()) {
        throw new IllegalArgumentException(
            "%s is a classifier alone, and draws nothing; give a model with a generator"
                .formatted(file));
      }
      Sampler sampler = new Sampler(loaded, device, seed);
      int label = wanted == null ? -1 : classNumber(loaded.spec());
      if (grid) {
        writeGrid(loaded.spec(), draw(sampler, 0, count, label));
      } else {
        writeSingly(loaded.spec(), sampler, label);
      }
    }
    if (isJson()) {
      System.out.println(Output.json(Map.of("count", count, "seed", seed, "out", out.toString())));
    } else {
      System.out.printf("drew %d images to %s%n", count, out);
    }
    return 0;
  }

  private static float[] draw(Sampler sampler, long first, int count, int label) {
    return label < 0 ? sampler.draw(first, count) : sampler.drawOfClass(first, count, label);
  }

  private int classNumber(ModelSpec spec) {
    List<String> classes = spec.classes();
    int named = classes.indexOf(wanted);
    if (named >= 0) {
      return named;
    }
    try {
      int number = Integer.parseInt(wanted);
      if (number >= 0 && number < classes.size()) {
        return number;
      }
    } catch (NumberFormatException e) {
      // not a number, and not a name either
    }
    throw new IllegalArgumentException(
        "this model has no class '%s'; it has %s, or 0 to %d"
            .formatted(wanted, String.join(", ", classes), classes.size() - 1));
  }

  private void writeGrid(ModelSpec spec, float[] images) {
    int columns = (int) Math.ceil(Math.sqrt(count));
    ImageGrid.write(out, images, count, spec.height(), spec.width(), spec.channels(), columns);
  }

  private void writeSingly(ModelSpec spec, Sampler sampler, int label) throws IOException {
    Files.createDirectories(out);
    for (int done = 0; done < count; done += CHUNK) {
      int size = Math.min(CHUNK, count - done);
      float[] images = draw(sampler, done, size, label);
      for (int i = 0; i < size; i++) {
        ImageGrid.writeOne(
            out.resolve(String.format(Locale.ROOT, "%06d.png", done + i)),
            images,
            i * sampler.imageLength(),
            spec.height(),
            spec.width(),
            spec.channels());
      }
    }
  }
}
