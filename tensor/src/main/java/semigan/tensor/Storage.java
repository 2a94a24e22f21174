package semigan.tensor;

import java.util.Optional;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;

/** A buffer and its lifetime. Views of one tensor share it. */
final class Storage {
  private static final boolean DEBUG = Boolean.getBoolean("semigan.debug");

  private final Backend device;
  private final Buffer buffer;
  private final Throwable allocation;
  private Storage rounded;
  private boolean released;

  Storage(Backend device, Buffer buffer) {
    this.device = device;
    this.buffer = buffer;
    this.allocation = DEBUG ? new Throwable("allocated here") : null;
  }

  /**
   * The buffer.
   *
   * @throws IllegalStateException if its scope has closed
   */
  Buffer buffer() {
    if (released) {
      throw new IllegalStateException(
          "this tensor was released when its scope closed; keep it with scope.keep(tensor)"
              + (DEBUG ? "" : ", or run with -Dsemigan.debug=true to see where it was made"),
          allocation);
    }
    return buffer;
  }

  /** The copy in BF16 beside this one; whoever changes the elements brings it up to date. */
  Optional<Storage> rounded() {
    return Optional.ofNullable(rounded);
  }

  void keepRounded(Storage copy) {
    rounded = copy;
  }

  void release() {
    if (!released) {
      released = true;
      device.release(buffer);
    }
  }
}
