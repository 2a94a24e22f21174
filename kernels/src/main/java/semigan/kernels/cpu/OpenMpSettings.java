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

  /** Null until the library is loaded: later its environment is of no effect. */
  private static Boolean onOneThread;

  private OpenMpSettings() {}

  /**
   * Loads oneDNN so that every primitive runs on the thread that calls it, and on no other. The
   * environment, which child processes inherit, is then as it was.
   *
   * @param library loads it
   * @return false where the environment cannot be changed
   */
  static synchronized boolean loadOnOneThread(Runnable library) {
    if (onOneThread != null) {
      return onOneThread;
    }
    Loader.load(Pointer.class);
    Pointer environ =
        System.getProperty("os.name").equals("Linux") ? Loader.addressof("environ") : null;
    if (environ == null) {
      library.run();
      onOneThread = false;
      return false;
    }
    PointerPointer<Pointer> variable = new PointerPointer<>(environ);
    Pointer before = variable.get(0);
    variable.put(0, withOneThread(before));
    try {
      library.run();
    } finally {
      variable.put(0, before);
    }
    onOneThread = true;
    return true;
  }

  private static Pointer withOneThread(Pointer before) {
    List<Pointer> entries = new ArrayList<>();
    entries.add(text(THREADS + 1));
    PointerPointer<BytePointer> old = new PointerPointer<>(before);
    for (int i = 0; old.get(i) != null; i++) {
      BytePointer entry = old.get(BytePointer.class, i);
      if (!entry.getString().startsWith(THREADS)) {
        entries.add(entry);
      }
    }
    // Never freed: what was loaded may keep what it has read.
    long bytes = (entries.size() + 1L) * Long.BYTES;
    PointerPointer<Pointer> list = new PointerPointer<>(Pointer.malloc(bytes));
    for (int i = 0; i < entries.size(); i++) {
      list.put(i, entries.get(i));
    }
    list.put(entries.size(), (Pointer) null);
    return list;
  }

  private static Pointer text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    BytePointer copy = new BytePointer(Pointer.malloc(bytes.length + 1L));
    copy.put(bytes, 0, bytes.length);
    copy.put(bytes.length, (byte) 0);
    return copy;
  }
}
