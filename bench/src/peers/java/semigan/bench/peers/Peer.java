package semigan.bench.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who does the work of a {@link Row}, and how it is started at its best (bench/README.md). */
enum Peer {
  OURS("ours") {
    @Override
    List<String> program() {
      return List.of("-cp", "bench/target/benchmarks.jar", "semigan.bench.StepLoop");
    }
  },
  LIBTORCH("libtorch") {
    @Override
    List<String> program() {
      return onOurClassPath(List.of("-Dorg.bytedeco.openblas.load=mkl"), LibtorchLoop.class);
    }

    @Override
    Map<String, String> environment() {
      return withWaitPolicy("ACTIVE");
    }
  },
  DL4J("DL4J") {
    @Override
    boolean does(Row row, Machine machine) {
      return row.mode().equals("f32") && !row.task().equals("mlp-step") && machine.hasAvx512();
    }

    @Override
    List<String> program() {
      return onOurClassPath(
          List.of("-Dorg.eclipse.deeplearning4j.helpers.disable=false"), Dl4jDcgan.class);
    }

    @Override
    Map<String, String> environment() {
      return withWaitPolicy("PASSIVE");
    }

    /** It takes several times as long as the others; these are enough to know that. */
    @Override
    int steps(int steps) {
      return Math.max(1, steps / 5);
    }

    @Override
    int warmUp(int steps) {
      return 5;
    }
  },
  /** No peer but what bounds them all: oneDNN's convolutions of a training step, alone. */
  FLOOR("floor") {
    @Override
    boolean does(Row row, Machine machine) {
      return row.task().equals("train-step");
    }

    @Override
    List<String> program() {
      return onOurClassPath(List.of(), ConvolutionFloor.class);
    }
  };

  private final String title;

  Peer(String title) {
    this.title = title;
  }

  /** As its answers and the table call it. */
  @Override
  public String toString() {
    return title;
  }

  /** Whether it is worth trying: what it lacks by design, or crashes at, is left out. */
  boolean does(Row row, Machine machine) {
    return true;
  }

  /** What follows {@code java}, without the workload. */
  abstract List<String> program();

  /** What its process finds in its environment beside ours. */
  Map<String, String> environment() {
    return Map.of();
  }

  /** Timed steps in a window, where we do {@code steps}. */
  int steps(int steps) {
    return steps;
  }

  /** Untimed steps before the first window. */
  int warmUp(int steps) {
    return Math.min(200, Math.max(20, 6 * steps));
  }

  /**
   * @param crash the file in which a Java that dies says why
   */
  final List<String> command(Row row, int steps, Path crash) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-XX:ErrorFile=" + crash);
    command.addAll(program());
    command.addAll(row.options());
    command.add("--steps=" + steps(steps));
    command.add("--warm-up=" + warmUp(steps));
    return command;
  }

  /** A main class of the class path that this process has, without JavaCPP's limits on memory. */
  static List<String> onOurClassPath(List<String> properties, Class<?> main) {
    List<String> program = new ArrayList<>(properties);
    program.add("-Dorg.bytedeco.javacpp.maxBytes=0");
    program.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    program.add("-cp");
    program.add(System.getProperty("java.class.path"));
    program.add(main.getName());
    return program;
  }

  /** An allocator that keeps what it has, in huge pages, and OpenMP threads that wait as told. */
  static Map<String, String> withWaitPolicy(String waitPolicy) {
    return Map.of(
        "OMP_WAIT_POLICY", waitPolicy,
        "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1",
        "MALLOC_MMAP_THRESHOLD_", "1073741824",
        "MALLOC_TRIM_THRESHOLD_", "4294967296",
        "MALLOC_TOP_PAD_", "268435456");
  }
}
