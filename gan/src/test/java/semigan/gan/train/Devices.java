package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import semigan.kernels.Backend;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Backends;

/** The devices that tests run on. */
final class Devices {
  private Devices() {}

  /** Opens one; ends the test where there is none of that name, unless it is required. */
  static Backend open(String name) {
    try {
      return Backends.open(name);
    } catch (BackendUnavailableException absent) {
      assertFalse(
          List.of(System.getProperty("semigan.require", "").split(",")).contains(name),
          absent.getMessage());
      return abort(absent.getMessage());
    }
  }
}
