package semigan.kernels.cuda;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;

/**
 * Speaks to the CUDA simulator, if that is what {@code semigan.cuda.libraries} holds. Its options
 * and counters are listed in {@code src/test/native/README.md}.
 */
public final class Simulator {
  private Simulator() {}

  /** True if CUDA is simulated here. */
  public static boolean present() {
    String folder = System.getProperty("semigan.cuda.libraries", "");
    return !folder.isEmpty() && Files.exists(Path.of(folder, "built"));
  }

  /** Sets an option for the process from now on; null takes it back to the environment's. */
  public static void option(String name, String value) {
    try (BytePointer key = new BytePointer(name);
        BytePointer text = value == null ? new BytePointer() : new BytePointer(value)) {
      set(key.address(), text.address());
    }
  }

  /** What was counted of {@code name} so far. */
  public static long counter(String name) {
    try (BytePointer key = new BytePointer(name)) {
      return counter(key.address());
    }
  }

  // Found in libcuda.so.1, once CudaLibraries has loaded it.
  private static native void set(long name, long value);

  private static native long counter(long name);
}
