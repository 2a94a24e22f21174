package semigan.bench;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import semigan.kernels.Backend;
import semigan.kernels.Backends;

/**
 * Runs every benchmark and prints a table in Markdown: {@code java -cp bench/target/benchmarks.jar
 * semigan.bench.BenchmarkTable}. Arguments are patterns of the benchmarks to run.
 */
public final class BenchmarkTable {
  private BenchmarkTable() {}

  public static void main(String[] patterns) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    options.verbosity(VerboseMode.SILENT);
    for (String pattern : patterns.length == 0 ? new String[] {"semigan.bench"} : patterns) {
      options.include(pattern);
    }
    Collection<RunResult> results = new Runner(options.build()).run();
    try (Backend backend = Backends.open(Backends.AUTO)) {
      System.out.printf("On %s, Java %s:%n%n", backend.description(), Runtime.version().feature());
    }
    System.out.printf("| benchmark | rate | +- |%n| --- | --- | --- |%n");
    results.forEach(BenchmarkTable::print);
  }

  private static void print(RunResult run) {
    Result<?> result = run.getPrimaryResult();
    boolean bytes = result.getScoreUnit().equals("ops/ns");
    System.out.printf(
        Locale.ROOT,
        bytes ? "| %s | %,.1f GB/s | %,.1f |%n" : "| %s | %,.0f images/s | %,.0f |%n",
        name(run.getParams()),
        result.getScore(),
        result.getScoreError());
  }

  /**
   * {@code Conv forward 32-1-64} for {@code semigan.bench.ConvBenchmark.forward} with that shape.
   */
  private static String name(BenchmarkParams params) {
    String name = params.getBenchmark().replaceFirst(".*\\.(\\w+)Benchmark\\.", "$1 ");
    return params.getParamsKeys().stream()
        .filter(key -> !key.equals("device"))
        .map(params::getParam)
        .collect(Collectors.joining(" ", name + " ", ""))
        .strip();
  }
}
