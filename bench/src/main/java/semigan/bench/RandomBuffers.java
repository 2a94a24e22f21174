package semigan.bench;

import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.RandomKernels.Key;

/** Buffers of random data: zeros and denormals would run at another speed. */
final class RandomBuffers {
  private final Backend backend;
  private final Buffer offset;
  private int streams;

  RandomBuffers(Backend backend) {
    this.backend = backend;
    this.offset = backend.allocate(DType.I32, 2);
    backend.write(new int[2], 0, offset);
  }

  /** Standard normals. */
  Buffer normal(long length) {
    Buffer buffer = backend.allocate(DType.F32, length);
    backend.random().normal(new Key(1, streams++), offset, 0, 0, 1, buffer);
    return buffer;
  }

  /** Uniform in [0, 1). */
  Buffer uniform(long length) {
    Buffer buffer = backend.allocate(DType.F32, length);
    backend.random().uniform(new Key(1, streams++), offset, 0, 0, 1, buffer);
    return buffer;
  }
}
