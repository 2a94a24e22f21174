package semigan.gan.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.kernels.MemoryBudget;

/**
 * What a run ran on, for {@code environment.json}: enough to explain a difference later. Where it
 * went on, under {@code resumed}, it says so again.
 */
public final class Environment {
  private static final String RESUMED = "resumed";
  private static final String ADVICE = "mend it, or move it away";

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

  /**
   * What {@code file} says of a run, and on what it goes on.
   *
   * @param file of an earlier {@link #describe}; may be missing
   * @param step steps taken until then
   * @param settingsBefore those that are others from now on, as they were
   * @param device as of {@link #describe}
   * @throws StoreException if the file is not the JSON of an object
   */
  public static ObjectNode resumed(
      Path file, long step, ObjectNode settingsBefore, List<String> device) {
    ObjectNode description = read(file);
    Map<String, Object> now = new LinkedHashMap<>();
    now.put("step", step);
    now.put("settings_before", settingsBefore);
    now.putAll(describe(device));
    JsonNode earlier = description.path(RESUMED);
    if (!earlier.isMissingNode() && !earlier.isArray()) {
      throw new StoreException(
          "%s: %s is %s, expected an array; %s".formatted(file, RESUMED, earlier, ADVICE));
    }
    ArrayNode resumed = description.withArray(RESUMED);
    resumed.addPOJO(now);
    return description;
  }

  private static ObjectNode read(Path file) {
    if (!Files.exists(file)) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      return JsonFile.readObject(file);
    } catch (StoreException e) {
      throw new StoreException(e.getMessage() + "; " + ADVICE, e);
    }
  }

  private static String property(String key) {
    return System.getProperty(key, "unknown");
  }
}
