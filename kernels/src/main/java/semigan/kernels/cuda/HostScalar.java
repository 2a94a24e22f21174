package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;

/**
 * Factors that cuBLAS and cuDNN read from the host. They lie outside of Java's heap: a pointer into
 * an array would hold up the garbage collector for as long as the call takes.
 */
final class HostScalar {
  static final Pointer ONE = of(1);
  static final Pointer ZERO = of(0);

  private HostScalar() {}

  private static Pointer of(float value) {
    return Pointer.to(
        ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder()).putFloat(0, value));
  }
}
