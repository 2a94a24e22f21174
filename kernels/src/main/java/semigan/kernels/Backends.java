package semigan.kernels;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import semigan.kernels.cpu.CpuBackend;
import semigan.kernels.cuda.CudaBackend;
import semigan.kernels.reference.ReferenceBackend;

/** Finds and opens backends by name. */
public final class Backends {
  /** Takes the GPU where it works, else {@code cpu}, and {@code reference} never. */
  public static final String AUTO = "auto";

  private static final Pattern CUDA = Pattern.compile(CudaBackend.NAME + "(?::([0-9]{1,4}))?");

  private Backends() {}

  /** Every name but {@link #AUTO}, fastest first. */
  public static List<String> names() {
    return List.of(CudaBackend.NAME, CpuBackend.NAME, ReferenceBackend.NAME);
  }

  /**
   * Opens a backend.
   *
   * @param name {@link #AUTO}, one of {@link #names}, or {@code cuda:1} for the second GPU
   * @throws BackendUnavailableException if this machine cannot run it
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Backend open(String name) {
    return open(name, why -> {});
  }

  /**
   * As {@link #open(String)}.
   *
   * @param notice hears in one line why {@link #AUTO} does not take a GPU whose driver is there
   */
  public static Backend open(String name, Consumer<String> notice) {
    Matcher cuda = CUDA.matcher(name);
    if (cuda.matches()) {
      return new CudaBackend(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }
    return switch (name) {
      case AUTO -> best(notice);
      case CpuBackend.NAME -> new CpuBackend();
      case ReferenceBackend.NAME -> new ReferenceBackend();
      default -> throw new IllegalArgumentException(unknown(name));
    };
  }

  private static Backend best(Consumer<String> notice) {
    try {
      return new CudaBackend(0);
    } catch (BackendUnavailableException e) {
      if (CudaBackend.isDriverPresent()) {
        notice.accept("the cpu is used, not the GPU: " + e.getMessage());
      }
      return new CpuBackend();
    }
  }

  private static String unknown(String name) {
    return name.startsWith(CudaBackend.NAME)
        ? "unknown device '%s'; expected cuda, or cuda:INDEX for one of several GPUs, such as cuda:1"
            .formatted(name)
        : "unknown device '%s'; there are %s and %s"
            .formatted(name, AUTO, String.join(", ", names()));
  }

  /** What a backend needs of this machine, each with what there is; nothing where it needs none. */
  public static List<Requirement> requirements(String name) {
    return name.equals(CudaBackend.NAME) ? CudaBackend.requirements() : List.of();
  }

  /** How many threads the processor's backend has that is opened next. */
  public static int threads() {
    return CpuBackend.threads();
  }
}
