package semigan.gan.store;

import java.lang.management.ManagementFactory;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.kernels.MemoryBudget;

/** What a run ran on, for {@code environment.json}: enough to explain a difference later. */
public final class Environment {
  private Environment() {}

  /** The program's version as its jar states it; {@code development} outside a jar. */
  public static String programVersion() {
    String version = Environment.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * The machine and the program.
   *
   * @param device lines that describe the device in use and its libraries
   */
  public static Map<String, Object> describe(List<String> device) {
    var description = new LinkedHashMap<String, Object>();
    description.put("version", programVersion());
    description.put("started", OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString());
    description.put("device", List.copyOf(device));
    description.put("java", "%s (%s)".formatted(property("java.version"), property("java.vendor")));
    description.put("vm", property("java.vm.name") + " " + property("java.vm.version"));
    description.put(
        "os", property("os.name") + " " + property("os.version") + " " + property("os.arch"));
    description.put("processors", Runtime.getRuntime().availableProcessors());
    description.put("max_heap_bytes", Runtime.getRuntime().maxMemory());
    description.put("memory_bytes", MemoryBudget.hostBytes());
    description.put("jvm_options", ManagementFactory.getRuntimeMXBean().getInputArguments());
    return description;
  }

  private static String property(String key) {
    return System.getProperty(key, "unknown");
  }
}
