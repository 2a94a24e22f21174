package semigan.gan.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSetInfo;
import semigan.gan.data.DataSets;

/** {@code data}. */
@Command(
    name = "data",
    description = "What data sets there are.",
    footer = {"", "Example:", "  java -jar gan.jar data list"},
    subcommands = DataCommand.ListCommand.class)
final class DataCommand extends Verbosity implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: data list");
  }

  /** {@code data list}. */
  @Command(
      name = "list",
      description = "Lists the data sets known by name, where each is, or how to get it.",
      sortOptions = false,
      footer = {"", "Example:", "  java -jar gan.jar data list"})
  static final class ListCommand extends Verbosity implements Callable<Integer> {
    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description = "Where to look for the data first.")
    private Path dataDir;

    @Override
    public Integer call() {
      DataOptions options = DataOptions.defaults();
      List<DataSetInfo> sets =
          DataSets.list(dataDir == null ? options : options.withDirectory(dataDir));
      if (isJson()) {
        System.out.println(Output.json(sets.stream().map(ListCommand::describe).toList()));
        return 0;
      }
      for (DataSetInfo set : sets) {
        System.out.printf(
            "%-14s %s: %d + %d images of %dx%dx%d, %d classes%n",
            set.name(),
            set.description(),
            set.trainSize(),
            set.testSize(),
            set.height(),
            set.width(),
            set.channels(),
            set.classes());
        System.out.printf("%-14s %s%n", "", place(set));
      }
      System.out.println(
          "a folder with one sub-folder of PNG or JPEG images per class, and 'unlabelled', is a data set too");
      return 0;
    }

    private static Map<String, Object> describe(DataSetInfo set) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", set.name());
      line.put("description", set.description());
      line.put("height", set.height());
      line.put("width", set.width());
      line.put("channels", set.channels());
      line.put("classes", set.classes());
      line.put("trainImages", set.trainSize());
      line.put("testImages", set.testSize());
      line.put("available", set.available());
      line.put("location", set.location().map(Path::toString).orElse(null));
      line.put("howToGet", set.howToGet());
      return line;
    }

    private static String place(DataSetInfo set) {
      if (!set.available()) {
        return "not found; " + set.howToGet();
      }
      return set.location().map(path -> "found in " + path).orElse("built in");
    }
  }
}
