package semigan.kernels.cpu;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * What oneDNN's OpenMP library reads from the process's environment, once, when it is loaded. Java
 * cannot change its own environment, but C allows to point {@code environ} at another list of
 * variables, which is done here. What the user has set stays as it is.
 */
final class OpenMpSettings {
  /**
   * How often a worker looks for new work before it sleeps: some thirty microseconds, longer than
   * the gap between two primitives. By default it is milliseconds, in which it keeps a core from
   * Java's loops.
   */
  private static final String SPINS = "2000";

  private OpenMpSettings() {}

  /**
   * Applies the settings; has no effect once the library is loaded.
   *
   * @param threads how many it uses, unless {@code OMP_NUM_THREADS} is set and our own property not
   */
  static void apply(int threads) {
    Map<String, String> settings = new LinkedHashMap<>();
    if (System.getProperty(CpuBackend.THREADS) != null
        || System.getenv("OMP_NUM_THREADS") == null) {
      settings.put("OMP_NUM_THREADS=", Integer.toString(threads));
    }
    if (System.getenv("OMP_WAIT_POLICY") == null && System.getenv("GOMP_SPINCOUNT") == null) {
      settings.put("GOMP_SPINCOUNT=", SPINS);
    }
    if (!settings.isEmpty() && System.getProperty("os.name").equals("Linux")) {
      set(settings);
    }
  }

  private static void set(Map<String, String> settings) {
    Loader.load(Pointer.class);
    Pointer environ = Loader.addressof("environ");
    if (environ == null) {
      return;
    }
    PointerPointer<Pointer> variable = new PointerPointer<>(environ);
    List<Pointer> entries = new ArrayList<>();
    settings.forEach((name, value) -> entries.add(text(name + value)));
    PointerPointer<BytePointer> old = new PointerPointer<>(variable.get(0));
    for (int i = 0; old.get(i) != null; i++) {
      BytePointer entry = old.get(BytePointer.class, i);
      if (settings.keySet().stream().noneMatch(entry.getString()::startsWith)) {
        entries.add(entry);
      }
    }
    // Never freed: the C library may read its environment for as long as the process lives.
    long bytes = (entries.size() + 1L) * Long.BYTES;
    PointerPointer<Pointer> list = new PointerPointer<>(Pointer.malloc(bytes));
    for (int i = 0; i < entries.size(); i++) {
      list.put(i, entries.get(i));
    }
    list.put(entries.size(), (Pointer) null);
    variable.put(0, list);
  }

  private static Pointer text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    BytePointer copy = new BytePointer(Pointer.malloc(bytes.length + 1L));
    copy.put(bytes, 0, bytes.length);
    copy.put(bytes.length, (byte) 0);
    return copy;
  }
}
