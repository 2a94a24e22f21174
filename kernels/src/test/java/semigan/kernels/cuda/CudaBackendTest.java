package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

class CudaBackendTest {
  /** A thread that has made no other call yet has no current context. */
  @Test
  void kernelsAreLaunchedFromAnyThread() throws InterruptedException {
    try (CudaBackend cuda = OpenCuda.with()) {
      Buffer y = OpenCuda.buffer(cuda, DType.F32, 1, 2);
      cuda.elementwise().fill(y, 3);
      Throwable[] thrown = {null};
      Thread other = new Thread(() -> cuda.elementwise().fill(y, 4));
      other.setUncaughtExceptionHandler((thread, e) -> thrown[0] = e);
      other.start();
      other.join();
      assertNull(thrown[0]);
      assertArrayEquals(new float[] {4, 4}, OpenCuda.values(cuda, y));
    }
  }
}
