package semigan.kernels.cpu;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * What oneDNN's OpenMP library reads from the process's environment, once, when it is loaded. Java
 * cannot change its own environment, but C allows to point {@code environ} at another list of
 * variables, which is done here.
 */
final class OpenMpSettings {
  private static final String THREADS = "OMP_NUM_THREADS=";

  private OpenMpSettings() {}

  /**
   * Lets every primitive run on the thread that calls it, and on no other. Has no effect once the
   * library is loaded.
   *
   * @return false where the environment cannot be changed
   */
  static boolean useOneThread() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return false;
    }
    Loader.load(Pointer.class);
    Pointer environ = Loader.addressof("environ");
    if (environ == null) {
      return false;
    }
    PointerPointer<Pointer> variable = new PointerPointer<>(environ);
    List<Pointer> entries = new ArrayList<>();
    entries.add(text(THREADS + 1));
    PointerPointer<BytePointer> old = new PointerPointer<>(variable.get(0));
    for (int i = 0; old.get(i) != null; i++) {
      BytePointer entry = old.get(BytePointer.class, i);
      if (!entry.getString().startsWith(THREADS)) {
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
    return true;
  }

  private static Pointer text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    BytePointer copy = new BytePointer(Pointer.malloc(bytes.length + 1L));
    copy.put(bytes, 0, bytes.length);
    copy.put(bytes.length, (byte) 0);
    return copy;
  }
}
