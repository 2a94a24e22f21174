package semigan.bench.report;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import semigan.kernels.BackendUnavailableException;

/**
 * Runs test classes, a line of JSON when one begins and one when it ends: {@code TestRun DEVICE
 * CLASS...}. Without a class it lists those that there are.
 */
public final class TestRun {
  /**
   * Where backends are compared with each other, layer by layer up to the training step; not what
   * is about files, sources or the simulator.
   */
  private static final String[] CLASSES = {
    "semigan\\.kernels\\.\\w+ConformanceTest",
    "semigan\\.kernels\\.cuda\\.Cuda\\w+Test",
    "semigan\\.tensor\\..+Test",
    "semigan\\.nn\\.\\w+Test",
    "semigan\\.gan\\.train\\.GanTrainerTest"
  };

  private static final int LONGEST_MESSAGE = 600;
  private static final ObjectMapper JSON = new ObjectMapper();

  private TestRun() {}

  public static void main(String[] arguments) {
    Launcher launcher = LauncherFactory.create();
    if (arguments.length == 1) {
      classes(launcher).forEach(name -> print(Map.of("class", name)));
    }
    for (int i = 1; i < arguments.length; i++) {
      print(Map.of("begin", arguments[i]));
      Tally tally = new Tally(arguments[i], arguments[0]);
      long started = System.nanoTime();
      launcher.execute(
          LauncherDiscoveryRequestBuilder.request().selectors(selectClass(arguments[i])).build(),
          tally);
      print(tally.summary((System.nanoTime() - started) / 1e9));
    }
    System.exit(0); // whatever threads the tests left
  }

  private static TreeSet<String> classes(Launcher launcher) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectPackage("semigan"))
            .filters(includeClassNamePatterns(CLASSES))
            .build();
    TestPlan plan = launcher.discover(request);
    TreeSet<String> names = new TreeSet<>();
    for (TestIdentifier root : plan.getRoots()) {
      for (TestIdentifier test : plan.getDescendants(root)) {
        test.getSource()
            .filter(ClassSource.class::isInstance)
            .map(source -> ((ClassSource) source).getClassName())
            .filter(name -> !name.contains("$"))
            .ifPresent(names::add);
      }
    }
    return names;
  }

  private static void print(Map<String, Object> line) {
    try {
      System.out.println(JSON.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Counts the tests of a class, and apart those whose name says that they ran on the device. */
  private static final class Tally implements TestExecutionListener {
    private final String className;
    private final Pattern device;
    private final Map<String, Integer> all = new LinkedHashMap<>();
    private final Map<String, Integer> onDevice = new LinkedHashMap<>();
    private final List<Map<String, String>> failures = new ArrayList<>();
    private TestPlan plan;

    Tally(String className, String device) {
      this.className = className;
      this.device = Pattern.compile("\\b" + Pattern.quote(device) + "\\b");
      for (String outcome : List.of("passed", "failed", "skipped")) {
        all.put(outcome, 0);
        onDevice.put(outcome, 0);
      }
    }

    Map<String, Object> summary(double seconds) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("end", className);
      line.put("seconds", Math.round(seconds * 10) / 10.0);
      line.put("all", all);
      line.put("onDevice", onDevice);
      line.put("failures", failures);
      return line;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
      plan = started;
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      count(test, "skipped");
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      switch (result.getStatus()) {
        case SUCCESSFUL -> {
          if (test.isTest()) {
            count(test, "passed");
          }
        }
        case ABORTED -> count(test, "skipped");
        case FAILED -> {
          if (result.getThrowable().filter(this::lacksAnother).isPresent()) {
            count(test, "skipped");
          } else {
            count(test, "failed");
            failures.add(Map.of("test", path(test), "message", message(result)));
          }
        }
      }
    }

    /** A test of another device, which this machine lacks. */
    private boolean lacksAnother(Throwable failure) {
      return failure instanceof BackendUnavailableException
          && !device.matcher(failure.getMessage()).lookingAt();
    }

    private void count(TestIdentifier test, String outcome) {
      all.merge(outcome, 1, Integer::sum);
      if (device.matcher(path(test)).find()) {
        onDevice.merge(outcome, 1, Integer::sum);
      }
    }

    /** Class, method and invocation; the package counts, since it may be the device's own. */
    private String path(TestIdentifier test) {
      String name = test.getDisplayName();
      TestIdentifier at = test;
      while ((at = plan.getParent(at).orElse(null)) != null && at.getSource().isPresent()) {
        boolean isClass = at.getSource().get() instanceof ClassSource;
        name = (isClass ? className : at.getDisplayName()) + " > " + name;
      }
      return name;
    }

    private static String message(TestExecutionResult result) {
      String message = result.getThrowable().map(Throwable::toString).orElse("no message");
      return message.substring(0, Math.min(message.length(), LONGEST_MESSAGE));
    }
  }
}
