package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.MatmulGeometry;

class CudaBackendTest {
  /** Counters of what the driver and its libraries hold for us. */
  private static final List<String> HELD =
      List.of(
          "live_bytes",
          "leaked_bytes",
          "pinned_bytes",
          "streams",
          "events",
          "modules",
          "cublas_handles",
          "cudnn_handles",
          "cudnn_descriptors");

  private static Map<String, Long> held() {
    return HELD.stream().collect(Collectors.toMap(name -> name, Simulator::counter));
  }

  @Test
  void whatWasOpenedIsGivenBack() {
    Simulated.libraries();
    // Its context stays, and would not take the other's remains along.
    try (CudaBackend first = OpenCuda.with()) {
      Map<String, Long> before = held();
      try (CudaBackend cuda = OpenCuda.with()) {
        Buffer x = OpenCuda.buffer(cuda, DType.F32, new float[2 * 8 * 8 * 4]);
        Buffer w = OpenCuda.buffer(cuda, DType.F32, new float[4 * 3 * 3 * 4]);
        Buffer y = cuda.allocate(DType.F32, 2 * 6 * 6 * 4);
        cuda.conv().forward(new Conv2dGeometry(2, 8, 8, 4, 4, 3, 3, 1, 1, 0, 0, 0, 0), x, w, y);
        cuda.gemm().matmul(new MatmulGeometry(12, 12, 12, false, false), w, w, y.slice(0, 144));
        assertNotEquals(before, held());
      }
      assertEquals(before, held());
      assertEquals("cuda", first.name());
    }
  }

  @Test
  void whatOpensHalfWayIsGivenBack() {
    Simulated.libraries();
    try (CudaBackend first = OpenCuda.with()) {
      Map<String, Long> before = held();
      int allocations = 0;
      for (boolean opened = false; !opened; allocations++) {
        Simulator.option("FAIL_ALLOC_AFTER", "" + allocations);
        try {
          new CudaBackend(0).close();
          opened = true;
        } catch (BackendUnavailableException full) {
          assertTrue(full.getMessage().contains("Simulated GPU full"), full.getMessage());
        }
        assertEquals(before, held(), "after %d allocations".formatted(allocations));
      }
      assertTrue(allocations > 3, allocations + " allocations");
      assertEquals("cuda", first.name());
    } finally {
      Simulator.option("FAIL_ALLOC_AFTER", null);
    }
  }

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
