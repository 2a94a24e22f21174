package semigan.kernels.cpu;

import semigan.kernels.Backend;
import semigan.kernels.DType;

/** A buffer that a kernel needs while it runs, and that goes back also where it fails. */
record Temporary(Backend backend, CpuBuffer buffer) implements AutoCloseable {
  /** Uninitialised. */
  static Temporary allocate(Backend backend, DType type, long length) {
    return new Temporary(backend, CpuBuffer.of(backend.allocate(type, length)));
  }

  @Override
  public void close() {
    backend.release(buffer);
  }
}
