package semigan.gan.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import semigan.gan.data.DataSplit;
import semigan.gan.store.RunFolder;
import semigan.gan.study.SeedResult;
import semigan.gan.study.Study;
import semigan.gan.study.StudyFolder;
import semigan.gan.study.StudyListener;
import semigan.gan.train.GanTrainer;
import semigan.gan.train.RunData;
import semigan.gan.train.TrainConfig;
import semigan.gan.train.TrainingListener;
import semigan.gan.train.TrainingRun;
import semigan.kernels.Backend;
import semigan.kernels.Backends;

/** {@code study}. */
@Command(
    name = "study",
    description =
        "Trains over several seeds, each with labels of its own choice, and says what they give together. Stopped, it goes on where it was. Where a preset has teachers, each is a study of its own, made first and beside its folder.",
    sortOptions = false,
    footer = {
      "",
      "Example: ten seeds of a preset, two at a time, then against another study:",
      "  java -jar gan.jar study --preset feature-matching-mnist --at-once 2 --out studies/fm",
      "  java -jar gan.jar study --compare studies/fm studies/vat"
    })
final class StudyCommand extends Verbosity implements Callable<Integer> {
  private static final Path STUDIES = Path.of("studies");
  private static final Set<String> BESIDE_COMPARE = Set.of("--compare", "--json", "--verbose");

  /** One study of a command: a teacher's, or what the command asks for. */
  private record Stage(TrainConfig config, DataSplit data, Path folder) {}

  @Spec private CommandSpec spec;
  @Mixin private TrainOptions options;
  @Mixin private ThreadsOption threads;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many seeds, from --seed on (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--at-once",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Seeds that run beside each other; on a processor they share its threads (default: ${DEFAULT-VALUE}).")
  private int atOnce;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The study's folder (default: studies/ and the preset's or the data's name).")
  private Path out;

  @Option(
      names = "--compare",
      arity = "2",
      paramLabel = "STUDY",
      description =
          "Trains nothing: pairs the seeds that two studies have finished, and tests the difference.")
  private List<Path> compared;

  @Override
  public Integer call() throws Exception {
    if (compared != null) {
      requireComparisonAlone();
      StudyComparison comparison =
          StudyComparison.of(StudyFolder.open(compared.get(0)), StudyFolder.open(compared.get(1)));
      if (isJson()) {
        System.out.println(Output.json(comparison.json()));
      } else {
        comparison.print(System.out);
      }
      return 0;
    }
    if (count < 1 || atOnce < 1) {
      throw new IllegalArgumentException(
          "%s must be positive but is %d"
              .formatted(count < 1 ? "--seeds" : "--at-once", Math.min(count, atOnce)));
    }
    List<Stage> stages = stages();
    if (atOnce > 1) {
      threads.share(atOnce);
    }
    for (int i = 0; i < stages.size(); i++) {
      boolean last = i == stages.size() - 1;
      if (!run(stages.get(i), last, isJson() ? System.err : System.out)) {
        break;
      }
    }
    return 0;
  }

  private void requireComparisonAlone() {
    List<String> others =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .map(OptionSpec::longestName)
            .filter(name -> !BESIDE_COMPARE.contains(name))
            .toList();
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "--compare trains nothing and takes the studies as they are; leave out %s"
              .formatted(String.join(", ", others)));
    }
  }

  /** Refuses what cannot be run, before there is a folder and before a teacher learns in vain. */
  private List<Stage> stages() {
    List<String> presets = options.missingTeachers();
    List<Path> teachers = presets.stream().map(this::beside).toList();
    if (teachers.contains(out)) {
      throw new IllegalArgumentException(
          "%s is where the study of a teacher goes; give another --out".formatted(out));
    }
    if (!teachers.isEmpty()) {
      options.taughtBy(teachers);
    }
    TrainOptions.Resolved resolved = options.resolve(null);
    TrainConfig config = resolved.config();
    if (config.images().labels() == 0) {
      throw new IllegalArgumentException(
          "a study counts errors of classification, but labels is 0; give --labels");
    }
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < presets.size(); i++) {
      TrainConfig teacher = resolved.teacher(presets.get(i));
      stages.add(new Stage(teacher, resolved.data(), teachers.get(i)));
    }
    stages.add(new Stage(config, resolved.data(), out == null ? defaultFolder(config) : out));
    for (Stage stage : stages) {
      RunData.of(stage.config, stage.data);
      if (Files.exists(stage.folder)) {
        requireMeasuredAlike(stage, StudyFolder.open(stage.folder, stage.config));
      }
    }
    requirePrecision(stages);
    return stages;
  }

  /** Seeds of before a run with held-out images was measured on them at its end, too. */
  private void requireMeasuredAlike(Stage stage, StudyFolder folder) {
    boolean heldOut = stage.config.images().heldOut() > 0;
    boolean alike =
        folder.seeds().stream()
            .allMatch(result -> !result.finished() || result.heldOut() == heldOut);
    if (!alike && !open(stage).isEmpty()) {
      throw new IllegalArgumentException(
          "the seeds that %s has finished were measured on the test images, and more would be on the held-out ones; give another --out"
              .formatted(stage.folder));
    }
  }

  /** All stages have the same device. A study that is finished needs none. */
  private void requirePrecision(List<Stage> stages) {
    List<Stage> unfinished = stages.stream().filter(stage -> !open(stage).isEmpty()).toList();
    if (unfinished.isEmpty()) {
      return;
    }
    String name = unfinished.get(0).config.run().device();
    try (Backend device = Backends.open(name, message -> {})) { // which is said again for each seed
      unfinished.forEach(stage -> GanTrainer.requirePrecision(stage.config, device));
    }
  }

  /** Where the study of a teacher by this preset goes. */
  private Path beside(String preset) {
    return out == null ? STUDIES.resolve(preset) : out.resolveSibling(preset);
  }

  private Path defaultFolder(TrainConfig config) {
    String name = options.presetName().orElse(config.images().data());
    return STUDIES.resolve(RunFolder.plain(name));
  }

  private List<Long> seeds(TrainConfig config) {
    long first = config.run().seed();
    return LongStream.range(first, first + count).boxed().toList();
  }

  /** The seeds that are not finished. */
  private List<Long> open(Stage stage) {
    List<Long> seeds = seeds(stage.config);
    if (!Files.exists(stage.folder)) {
      return seeds;
    }
    List<Long> finished =
        StudyFolder.open(stage.folder).seeds().stream()
            .filter(SeedResult::finished)
            .map(SeedResult::seed)
            .toList();
    return seeds.stream().filter(seed -> !finished.contains(seed)).toList();
  }

  /**
   * Also says what came of it, before the process may end.
   *
   * @return whether all seeds are finished
   */
  private boolean run(Stage stage, boolean last, PrintStream console) {
    TrainConfig config = stage.config;
    List<Long> seeds = seeds(config);
    for (long seed : open(stage)) { // before there is a folder, which would bind another try
      TrainingRun.requireTeachers(Study.ofSeed(config, seed), stage.data);
    }
    console.printf("study %s%n", stage.folder);
    StudyFolder folder = StudyFolder.open(stage.folder, config);
    Study study =
        new Study(
            config, stage.data, folder, () -> Backends.open(config.run().device(), Output::warn));
    try (Progress progress = new Progress(console, atOnce);
        InterruptHook hook = new InterruptHook(study::requestStop)) {
      study.run(seeds, atOnce, progress);
      Map<String, Object> line = report(folder, seeds, console);
      boolean finished = line.get("finished").equals(line.get("wanted"));
      if (isJson() && (last || !finished)) {
        System.out.println(Output.json(line));
      }
      return finished;
    }
  }

  /** Lines of all seeds, each with its number. */
  private static final class Progress implements StudyListener, AutoCloseable {
    private final PrintStream out;
    private final boolean bar;
    private final List<RunLog> logs = new ArrayList<>();

    Progress(PrintStream out, int atOnce) {
      this.out = out;
      this.bar = atOnce == 1 && Output.isTerminal();
    }

    @Override
    public synchronized TrainingListener begins(long seed, RunFolder run) {
      RunLog log =
          new RunLog(run.log(), new ProgressPrinter(out, bar, "seed %d: ".formatted(seed)));
      logs.add(log);
      return log;
    }

    @Override
    public synchronized void ended(SeedResult result, boolean earlier) {
      out.printf(
          "seed %d: %d errors in %d %s (%.2f%%), %.0f s%s%n",
          result.seed(),
          result.errors(),
          result.images(),
          result.measuredOn(),
          100.0 * result.errors() / result.images(),
          result.seconds(),
          earlier ? ", finished before" : "");
    }

    @Override
    public synchronized void close() {
      logs.forEach(RunLog::close);
    }
  }

  private Map<String, Object> report(StudyFolder folder, List<Long> seeds, PrintStream console) {
    List<SeedResult> finished =
        folder.seeds().stream()
            .filter(result -> result.finished() && seeds.contains(result.seed()))
            .toList();
    if (finished.size() < seeds.size()) {
      console.printf(
          "stopped with %d of %d seeds finished; the same command goes on%n",
          finished.size(), seeds.size());
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("study", folder.path().toString());
    line.put("finished", finished.size());
    line.put("wanted", seeds.size());
    if (!finished.isEmpty()) {
      SeedErrors errors = new SeedErrors(finished);
      int count = finished.size();
      console.printf("%d seed%s: %s%n", count, count == 1 ? "" : "s", errors);
      line.put("errors", SeedErrors.json(errors.summary()));
      line.put(errors.nameOfImages(), errors.images());
      line.put("seeds", finished);
      line.put("warnings", warnings(folder, finished, console));
    }
    return line;
  }

  /** By seed: what was said hours ago may explain a seed that stands out. */
  private static Map<Long, List<String>> warnings(
      StudyFolder folder, List<SeedResult> finished, PrintStream console) {
    Map<Long, List<String>> warnings = new LinkedHashMap<>();
    for (SeedResult result : finished) {
      List<String> own = folder.warnings(result.seed());
      if (!own.isEmpty()) {
        warnings.put(result.seed(), own);
      }
      own.forEach(each -> console.printf("warned: seed %d, %s%n", result.seed(), each));
    }
    return warnings;
  }
}
