package semigan.nn;

import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import semigan.kernels.Backend;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Backends;

/** Opens a backend for a test, or skips the test where there is none. */
final class Devices {
  private static final String REQUIRE = "semigan.require";

  private Devices() {}

  /**
   * Opens a backend by name. Where this machine cannot run it, the test is skipped, or fails if
   * {@code -Dsemigan.require} names it.
   */
  static Backend open(String name) {
    try {
      return Backends.open(name);
    } catch (BackendUnavailableException e) {
      boolean required = Arrays.asList(System.getProperty(REQUIRE, "").split(",")).contains(name);
      if (required) {
        throw e;
      }
      return Assumptions.abort(e.getMessage());
    }
  }
}
