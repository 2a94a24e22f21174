package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.DeviceFailureException;

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

  /** Or a second failure would hide the first, and the GPU would stay taken. */
  @Test
  void aLostGpuIsClosedWithoutAnotherFailure() {
    Assumptions.assumeTrue(System.getProperty("semigan.cuda", "sim").equals("sim"));
    CudaBackend cuda = OpenCuda.with();
    try {
      Buffer y = cuda.allocate(DType.F32, 8);
      Simulator.option("LOST_AFTER", "0");
      cuda.elementwise().fill(y, 1);
      assertThrows(DeviceFailureException.class, cuda::synchronize);
    } finally {
      Simulator.option("LOST_AFTER", null);
    }
    assertDoesNotThrow(cuda::close);
    try (CudaBackend again = OpenCuda.with()) {
      assertEquals(5, OpenCuda.values(again, OpenCuda.buffer(again, DType.F32, 5))[0]);
    }
  }
}
