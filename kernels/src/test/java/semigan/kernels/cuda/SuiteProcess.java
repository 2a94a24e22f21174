package semigan.kernels.cuda;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import semigan.kernels.BackendUnavailableException;

/** Test classes run in a process of their own, with other classes and sources before ours. */
final class SuiteProcess {
  /** Tests ran, and all of them passed. */
  static final int PASSED = 0;

  /** Tests ran, and some of them failed. Not 1, with which Java itself ends badly. */
  static final int FAILED = 3;

  /** No test ran, or one failed before it came to what it is about. */
  static final int NEVER_RAN = 4;

  private static final int PATIENCE_SECONDS = 300;

  private SuiteProcess() {}

  /**
   * Runs it as this process is run.
   *
   * @param overlay a folder that comes first on the class path
   * @param suite names of test classes
   * @param settings of the simulator, such as {@code EAGER}
   */
  static JavaProcess.Ended run(Path overlay, List<String> suite, Map<String, String> settings)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("semigan."))
        .forEach(name -> arguments.add("-D" + name + "=" + System.getProperty(name)));
    arguments.addAll(List.of("-Xmx1g", "-cp"));
    arguments.add(overlay + File.pathSeparator + System.getProperty("java.class.path"));
    arguments.add(SuiteProcess.class.getName());
    arguments.addAll(suite);
    ProcessBuilder builder = new ProcessBuilder();
    settings.forEach((name, value) -> builder.environment().put("SEMIGAN_SIM_" + name, value));
    return JavaProcess.run(builder, arguments, PATIENCE_SECONDS);
  }

  /** Exits with {@link #PASSED}, {@link #FAILED} or {@link #NEVER_RAN}. */
  public static void main(String[] classes) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(name -> selectClass(name)).toList())
            .filters(ClassNameFilter.includeClassNamePatterns(".*"))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    summary.printFailuresTo(new PrintWriter(System.out, true), 5);
    // Not System.exit, which would wait for what a broken kernel may have left behind.
    Runtime.getRuntime().halt(code(summary));
  }

  private static int code(TestExecutionSummary summary) {
    boolean amiss =
        summary.getFailures().stream()
            .flatMap(
                failure ->
                    Stream.iterate(failure.getException(), e -> e != null, Throwable::getCause))
            .anyMatch(e -> e instanceof LinkageError || e instanceof BackendUnavailableException);
    if (amiss || summary.getTestsSucceededCount() + summary.getTestsFailedCount() == 0) {
      return NEVER_RAN;
    }
    return summary.getTotalFailureCount() == 0 ? PASSED : FAILED;
  }
}
