package semigan.kernels;

import java.util.List;
import semigan.kernels.cpu.CpuBackend;
import semigan.kernels.cuda.CudaBackend;
import semigan.kernels.reference.ReferenceBackend;

/** Finds and opens backends by name. */
public final class Backends {
  /** Takes the best that works here: today {@code cpu}, and {@code reference} never. */
  public static final String AUTO = "auto";

  private Backends() {}

  /** Every name but {@link #AUTO}, fastest first. */
  public static List<String> names() {
    return List.of(CudaBackend.NAME, CpuBackend.NAME, ReferenceBackend.NAME);
  }

  /**
   * Opens a backend.
   *
   * @throws BackendUnavailableException if this machine cannot run it
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Backend open(String name) {
    return switch (name) {
      case AUTO, CpuBackend.NAME -> new CpuBackend();
      case CudaBackend.NAME -> new CudaBackend(0);
      case ReferenceBackend.NAME -> new ReferenceBackend();
      default ->
          throw new IllegalArgumentException(
              "unknown device '%s'; there are %s and %s"
                  .formatted(name, AUTO, String.join(", ", names())));
    };
  }
}
