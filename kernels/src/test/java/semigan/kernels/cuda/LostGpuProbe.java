package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.DeviceFailureException;

/** What {@link CudaBackendTest} runs in a process of its own. */
class LostGpuProbe {
  /** Or a second failure would hide the first, and the GPU would stay taken. */
  @Test
  void isClosedWithoutAnotherFailureAndOpensAgain() {
    CudaBackend cuda = OpenCuda.with();
    Buffer y = cuda.allocate(DType.F32, 8);
    Simulator.option("LOST_AFTER", "0");
    cuda.elementwise().fill(y, 1);
    assertThrows(DeviceFailureException.class, cuda::synchronize);
    Simulator.option("LOST_AFTER", null);
    assertDoesNotThrow(cuda::close);
    try (CudaBackend again = OpenCuda.with()) {
      assertEquals(5, OpenCuda.values(again, OpenCuda.buffer(again, DType.F32, 5))[0]);
    }
  }
}
