package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.MatmulGeometry;
import semigan.kernels.Recorder;

class CudaGemmTest {
  private static final float FINE = 1 + 0x1p-12f;

  @Test
  void singlePrecisionIsKept() {
    assertEquals(FINE, timesOne("tf32=false"));
  }

  @Test
  void tf32RoundsInputsWhereItIsAskedFor() {
    assertEquals(1, timesOne("tf32=true"));
  }

  private static float timesOne(String option) {
    try (CudaBackend cuda = OpenCuda.with(option)) {
      // Only the first term of each sum is not 0.
      float[] fine = new float[16 * 16];
      float[] one = new float[16 * 16];
      for (int i = 0; i < 16; i++) {
        fine[i * 16] = FINE;
        one[i] = 1;
      }
      Buffer a = OpenCuda.buffer(cuda, DType.F32, fine);
      Buffer b = OpenCuda.buffer(cuda, DType.F32, one);
      Buffer c = cuda.allocate(DType.F32, 256);
      cuda.gemm().matmul(new MatmulGeometry(16, 16, 16, false, false), a, b, c);
      return OpenCuda.values(cuda, c)[255];
    }
  }

  /** 257 has a bit more than BF16 holds: a sum that was rounded on the way would lose ones. */
  @Test
  void sumsOfBf16AreNotRoundedOnTheWay() {
    try (CudaBackend cuda = OpenCuda.with()) {
      float[] ones = new float[8 * 1024];
      Arrays.fill(ones, 1);
      float[] mixed = ones.clone();
      for (int i = 0; i < mixed.length; i += 1024) {
        // 257 in the first half, and in the second what takes 256 of it away again.
        Arrays.fill(mixed, i + 257, i + 512, 0);
        Arrays.fill(mixed, i + 512, i + 768, -1);
        Arrays.fill(mixed, i + 768, i + 1024, 0);
      }
      Buffer a = OpenCuda.buffer(cuda, DType.BF16, mixed);
      Buffer b = OpenCuda.buffer(cuda, DType.BF16, ones);
      Buffer c = cuda.allocate(DType.BF16, 64);
      cuda.gemm().matmul(new MatmulGeometry(8, 8, 1024, false, true), a, b, c);
      float[] expected = new float[64];
      Arrays.fill(expected, 1);
      assertArrayEquals(expected, OpenCuda.values(cuda, c));
    }
  }

  @Test
  void bf16ProductsMayBeStoredInF32() {
    try (CudaBackend cuda = OpenCuda.with()) {
      Buffer a = OpenCuda.buffer(cuda, DType.BF16, 1, 2, 256, 1);
      Buffer b = OpenCuda.buffer(cuda, DType.BF16, 1, 1, 1, 1);
      Buffer c = cuda.allocate(DType.F32, 4);
      cuda.gemm().matmul(new MatmulGeometry(2, 2, 2, false, false), a, b, c);
      assertArrayEquals(new float[] {3, 3, 257, 257}, OpenCuda.values(cuda, c));
    }
  }

  @Test
  void typesThatDoNotFitAreRefused() {
    try (CudaBackend cuda = OpenCuda.with()) {
      Buffer a = cuda.allocate(DType.BF16, 1);
      Buffer b = cuda.allocate(DType.F32, 1);
      var g = new MatmulGeometry(1, 1, 1, false, false);
      var e = assertThrows(IllegalArgumentException.class, () -> cuda.gemm().matmul(g, a, b, b));
      assertEquals(
          "cuda: a product of BF16 and F32 into F32, expected operands of one type and a result of that type or F32; convert one",
          e.getMessage());
    }
  }

  /** Without a workspace of its own cuBLAS would allocate one, which cannot be recorded. */
  @Test
  void productCanBeRecordedThoughItNeverRan() {
    try (CudaBackend cuda = OpenCuda.with();
        Recorder recorder = cuda.recorder().orElseThrow()) {
      Buffer a = OpenCuda.buffer(cuda, DType.F32, 1, 2, 3, 4);
      Buffer c = cuda.allocate(DType.F32, 4);
      recorder.record(() -> cuda.gemm().matmul(new MatmulGeometry(2, 2, 2, false, false), a, a, c));
      cuda.write(new float[4], 0, c);
      recorder.launch();
      assertArrayEquals(new float[] {7, 10, 15, 22}, OpenCuda.values(cuda, c));
    }
  }
}
