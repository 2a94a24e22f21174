package semigan.kernels.cuda;

import java.nio.ByteBuffer;

/** An argument that a kernel takes as a struct by value. */
interface KernelStruct {
  /** The struct's name in the sources. */
  String type();

  /**
   * Appends the struct's bytes at the buffer's position, laid out as the compiler does: each member
   * aligned to its size, the whole padded to the largest. The position is a multiple of 16.
   */
  void put(ByteBuffer target);
}
