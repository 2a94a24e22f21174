package semigan.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the report is about; every part of it takes its sizes from here. */
final class Settings {
  /** The parts of the report, in their order. */
  enum Part {
    DEVICE,
    TESTS,
    TRACE,
    STEPS,
    KERNELS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "OUT", description = "folder for report.md, report.json and log.txt")
  private Path out;

  @Option(names = "--device", defaultValue = "cuda", description = "cuda, or cuda:1 for the second")
  private String device;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "parts to run anew: ${COMPLETION-CANDIDATES}; OUT keeps the others")
  private Set<Part> only = new TreeSet<>();

  @Option(names = "--batch", split = ",", description = "images a step; 64,1024 if left out")
  private List<Integer> batches = List.of();

  @Option(names = "--size", defaultValue = "32", description = "image height and width: 32 or 64")
  private int size;

  @Option(names = "--channels", defaultValue = "3", description = "1 or 3")
  private int channels;

  @Option(names = "--width", defaultValue = "0", description = "filters next to the image; 128")
  private int width;

  @Option(names = "--windows", defaultValue = "0", description = "timed windows of a row; 9")
  private int windows;

  @Option(names = "--steps", defaultValue = "0", description = "steps of a window; 100")
  private int steps;

  @Option(names = "--python", defaultValue = "python3", description = "a Python with PyTorch")
  private String python;

  @Option(
      names = "--limit",
      defaultValue = "600",
      description = "seconds after which a silent process is given up")
  private long limitSeconds;

  @Option(names = "--quick", description = "tiny sizes: to see that everything runs")
  private boolean quick;

  Path out() {
    return out;
  }

  Path log() {
    return out.resolve("log.txt");
  }

  String device() {
    return device;
  }

  boolean runs(Part part) {
    return only.isEmpty() || only.contains(part);
  }

  /** Whether a report that is there already is kept but for the parts that run. */
  boolean goesOn() {
    return !only.isEmpty();
  }

  boolean quick() {
    return quick;
  }

  /** The precisions that are measured. */
  List<String> modes() {
    return quick ? List.of("f32", "bf16") : List.of("f32", "tf32", "bf16");
  }

  List<Integer> batches() {
    return !batches.isEmpty() ? batches : quick ? List.of(4) : List.of(64, 1024);
  }

  String image() {
    return "%dx%dx%d".formatted(size, size, channels);
  }

  int width() {
    return width > 0 ? width : quick ? 8 : 128;
  }

  int windows() {
    return windows > 0 ? windows : quick ? 2 : 9;
  }

  String python() {
    return python;
  }

  /** A process of this program: {@code main} is one of its classes. */
  Child java(List<String> properties, String main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    for (String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
      if (name.startsWith("semigan.")) {
        command.add("-D%s=%s".formatted(name, System.getProperty(name)));
      }
    }
    command.addAll(properties);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(arguments);
    return new Child(command, log(), limitSeconds);
  }

  /** Another program's process. */
  Child program(List<String> command) throws IOException {
    return new Child(command, log(), limitSeconds);
  }

  /** The options that ours and its peers share. */
  List<String> workload(String mode, int batch) {
    return workload(mode, batch, width(), steps > 0 ? steps : quick ? 2 : 100, quick ? 3 : 60);
  }

  List<String> workload(String mode, int batch, int filters, int stepsOfWindow, int warmUp) {
    return List.of(
        "--mode",
        mode,
        "--batch",
        String.valueOf(batch),
        "--size",
        String.valueOf(size),
        "--channels",
        String.valueOf(channels),
        "--width",
        String.valueOf(filters),
        "--steps",
        String.valueOf(stepsOfWindow),
        "--warm-up",
        String.valueOf(warmUp));
  }
}
