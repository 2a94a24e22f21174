package semigan.kernels.cuda;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Test classes run in a process of their own, with other classes and sources before ours. */
final class SuiteProcess {
  private static final int MINUTES = 5;

  /**
   * How a suite ended.
   *
   * @param passed whether tests ran and all of them passed
   * @param output what the process printed
   */
  record Ended(boolean passed, String output) {}

  private SuiteProcess() {}

  /**
   * Runs it as this process is run.
   *
   * @param overlay a folder that comes first on the class path
   * @param suite names of test classes
   */
  static Ended run(Path overlay, List<String> suite) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("semigan."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.addAll(List.of("-Xmx1g", "-cp"));
    command.add(overlay + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(SuiteProcess.class.getName());
    command.addAll(suite);
    Path printed = overlay.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    return new Ended(ended && process.exitValue() == 0, java.nio.file.Files.readString(printed));
  }

  /** Exits with 0 if tests ran and all of them passed. */
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
    Runtime.getRuntime()
        .halt(summary.getTestsSucceededCount() > 0 && summary.getTotalFailureCount() == 0 ? 0 : 1);
  }
}
