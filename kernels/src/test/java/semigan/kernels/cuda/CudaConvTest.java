package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.DeviceMemoryException;
import semigan.kernels.Recorder;
import semigan.kernels.StridedCopy;

class CudaConvTest {
  /** The middle of a DCGAN, small. */
  private static final Conv2dGeometry MIDDLE =
      new Conv2dGeometry(4, 8, 8, 16, 24, 4, 4, 2, 2, 1, 1, 1, 1);

  private static final Conv2dGeometry POINTWISE =
      new Conv2dGeometry(1, 4, 4, 8, 8, 1, 1, 1, 1, 0, 0, 0, 0);

  /** {@code 1 + 2^-12} has more digits than TF32 keeps. */
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
      float[] identity = new float[64];
      for (int i = 0; i < 8; i++) {
        identity[i * 8 + i] = 1;
      }
      float[] fine = new float[128];
      Arrays.fill(fine, FINE);
      Buffer x = OpenCuda.buffer(cuda, DType.F32, fine);
      Buffer w = OpenCuda.buffer(cuda, DType.F32, identity);
      Buffer y = cuda.allocate(DType.F32, 128);
      cuda.conv().forward(POINTWISE, x, w, y);
      return OpenCuda.values(cuda, y)[127];
    }
  }

  @Test
  void gradientsAreTheSameBitsAtEachCall() {
    for (String option : new String[] {"search=false", "search=true", "directEnds=true"}) {
      try (CudaBackend cuda = OpenCuda.with(option)) {
        Operands operands = new Operands(cuda, DType.F32, MIDDLE);
        operands.backward();
        float[] dx = OpenCuda.values(cuda, operands.dx);
        float[] dw = OpenCuda.values(cuda, operands.dw);
        for (int i = 0; i < 3; i++) {
          operands.backward();
          assertArrayEquals(dx, OpenCuda.values(cuda, operands.dx), option);
          assertArrayEquals(dw, OpenCuda.values(cuda, operands.dw), option);
        }
      }
    }
  }

  /** Timing an algorithm leaves garbage in the output, which the convolution must overwrite. */
  @Test
  void searchingGivesTheSameResult() {
    float[] expected;
    try (CudaBackend cuda = OpenCuda.with("search=false")) {
      expected = new Operands(cuda, DType.BF16, MIDDLE).forward();
    }
    try (CudaBackend cuda = OpenCuda.with("search=true")) {
      assertArrayEquals(expected, new Operands(cuda, DType.BF16, MIDDLE).forward(), 0.25f);
    }
  }

  /** The output has memory that queued work still reads, in the order of its stream. */
  @Test
  void searchingWaitsForWhatIsQueued() {
    try (CudaBackend cuda = OpenCuda.with("search=true")) {
      Operands operands = new Operands(cuda, DType.F32, MIDDLE);
      float[] values = OpenCuda.values(cuda, operands.dy);
      Buffer earlier = OpenCuda.buffer(cuda, DType.F32, values);
      cuda.synchronize();
      Buffer kept = cuda.allocate(DType.F32, values.length);
      List<Long> one = List.of(1L);
      cuda.copy().strided(new StridedCopy(List.of(values.length), 0, one, 0, one), earlier, kept);
      cuda.release(earlier);
      Buffer y = cuda.allocate(DType.F32, values.length);
      cuda.conv().forward(MIDDLE, operands.x, operands.w, y);
      assertArrayEquals(values, OpenCuda.values(cuda, kept));
    }
  }

  @Test
  void recordedConvolutionsAreTheEagerOnes() {
    try (CudaBackend cuda = OpenCuda.with()) {
      Operands operands = new Operands(cuda, DType.BF16, MIDDLE);
      float[] y = operands.forward();
      operands.backward();
      float[] dx = OpenCuda.values(cuda, operands.dx);
      float[] dw = OpenCuda.values(cuda, operands.dw);
      Runnable step =
          () -> {
            cuda.conv().forward(MIDDLE, operands.x, operands.w, operands.y);
            operands.backward();
          };
      try (Recorder recorder = cuda.recorder().orElseThrow()) {
        recorder.rehearse(step);
        recorder.record(step);
        operands.clear();
        recorder.launch();
        assertArrayEquals(y, OpenCuda.values(cuda, operands.y));
        assertArrayEquals(dx, OpenCuda.values(cuda, operands.dx));
        assertArrayEquals(dw, OpenCuda.values(cuda, operands.dw));
      }
    }
  }

  @Test
  void convolutionThatNeverRanCannotBeRecorded() {
    try (CudaBackend cuda = OpenCuda.with()) {
      Operands operands = new Operands(cuda, DType.F32, MIDDLE);
      Recorder recorder = cuda.recorder().orElseThrow();
      var e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  recorder.record(
                      () -> cuda.conv().forward(MIDDLE, operands.x, operands.w, operands.y)));
      assertTrue(
          e.getMessage().startsWith("cuda: forward of Conv2dGeometry[batch=4,"), e::getMessage);
      assertTrue(e.getMessage().contains("run the step once before"), e::getMessage);
    }
  }

  /** What needs how much is cuDNN's affair; here it is the simulator's. */
  @Test
  void workspaceStaysWithinItsLimit() {
    Simulated.libraries();
    float[] expected;
    try (CudaBackend cuda = OpenCuda.with()) {
      expected = new Operands(cuda, DType.F32, MIDDLE).forward();
    }
    try (CudaBackend cuda = OpenCuda.with("workspace=16")) {
      Operands operands = new Operands(cuda, DType.F32, MIDDLE);
      long peak = cuda.memory().peak();
      assertArrayEquals(expected, operands.forward(), 1e-3f);
      assertEquals(peak, cuda.memory().peak());
    }
  }

  /** For an input's gradient in F32 cuDNN needs room for all operands once more: 47,120 bytes. */
  @Test
  void workspaceOverItsLimitIsTakenWhereNothingElseWorks() {
    Simulated.libraries();
    float[] expected;
    try (CudaBackend cuda = OpenCuda.with()) {
      expected = new Operands(cuda, DType.F32, MIDDLE).backwardInput();
    }
    for (String option : new String[] {"search=false", "search=true"}) {
      try (CudaBackend cuda = OpenCuda.with("workspace=40000", option)) {
        Operands operands = new Operands(cuda, DType.F32, MIDDLE);
        long live = cuda.memory().live();
        assertArrayEquals(expected, operands.backwardInput(), option);
        assertTrue(cuda.memory().peak() - live >= 47_120, option);
      }
    }
  }

  @Test
  void aLargerGpuGivesMoreWorkspace() {
    CudaOptions options = CudaOptions.ofSystem(0);
    assertEquals(256L << 20, options.workspaceLimit(2L << 30));
    assertEquals(5L << 30, options.workspaceLimit(80L << 30));
  }

  /** The simulator's first algorithm is offered and then refuses; in F32 there is a second. */
  @Test
  void anAlgorithmThatRefusesIsFollowedByTheNext() {
    Simulated.libraries();
    try (CudaBackend cuda = OpenCuda.with()) {
      float[] expected = new Operands(cuda, DType.F32, MIDDLE).forward();
      try (CudaBackend other = OpenCuda.with()) {
        Simulator.option("DNN_REFUSES", "1");
        Operands operands = new Operands(other, DType.F32, MIDDLE);
        assertArrayEquals(expected, operands.forward(), 1e-3f);
        var e =
            assertThrows(
                UnsupportedOperationException.class,
                new Operands(other, DType.BF16, MIDDLE)::forward);
        assertTrue(e.getMessage().contains("cannot do it"), e::getMessage);
        assertArrayEquals(expected, operands.forward(), 1e-3f);
      }
    } finally {
      Simulator.option("DNN_REFUSES", null);
    }
  }

  /** Not supported, or a bad parameter. */
  @ParameterizedTest
  @ValueSource(strings = {"3000", "2000"})
  void ourKernelsDoWhatCudnnCannot(String status) {
    Simulated.libraries();
    Conv2dGeometry end = new Conv2dGeometry(4, 8, 8, 3, 24, 4, 4, 2, 2, 1, 1, 1, 1);
    try (CudaBackend cuda = OpenCuda.with()) {
      Operands operands = new Operands(cuda, DType.F32, end);
      float[] y = operands.forward();
      operands.backward();
      float[] dx = OpenCuda.values(cuda, operands.dx);
      float[] dw = OpenCuda.values(cuda, operands.dw);
      try (CudaBackend other = OpenCuda.with()) {
        Simulator.option("DNN_REFUSES", "9");
        Simulator.option("DNN_STATUS", status);
        Operands ours = new Operands(other, DType.F32, end);
        for (int i = 0; i < 2; i++) {
          ours.clear();
          assertArrayEquals(y, ours.forward(), 1e-3f);
          ours.backward();
          assertArrayEquals(dx, OpenCuda.values(other, ours.dx), 1e-3f);
          assertArrayEquals(dw, OpenCuda.values(other, ours.dw), 1e-3f);
        }
      }
    } finally {
      Simulator.option("DNN_REFUSES", null);
      Simulator.option("DNN_STATUS", null);
    }
  }

  @Test
  void aGpuTooFullForCudnnIsNoOtherFailure() {
    Simulated.libraries();
    try (CudaBackend cuda = OpenCuda.with()) {
      Simulator.option("DNN_REFUSES", "9");
      Simulator.option("DNN_STATUS", "4004");
      Operands operands = new Operands(cuda, DType.F32, MIDDLE);
      assertThrows(DeviceMemoryException.class, operands::forward);
    } finally {
      Simulator.option("DNN_REFUSES", null);
      Simulator.option("DNN_STATUS", null);
    }
  }

  @Test
  void workspaceAndCopiesAreGivenBack() {
    try (CudaBackend cuda = OpenCuda.with()) {
      // Padding that differs from side to side, and operands that begin anywhere.
      Conv2dGeometry g = new Conv2dGeometry(2, 8, 5, 3, 4, 3, 2, 2, 1, 0, 1, 2, 0);
      Operands operands = new Operands(cuda, DType.BF16, g);
      long live = cuda.memory().live();
      operands.forward();
      operands.backward();
      assertEquals(live, cuda.memory().live());
    }
  }

  /** A convolution's operands in memory. */
  private static final class Operands {
    private final CudaBackend cuda;
    private final Conv2dGeometry g;
    private final Buffer x;
    private final Buffer w;
    private final Buffer dy;
    private final Buffer y;
    private final Buffer dx;
    private final Buffer dw;

    Operands(CudaBackend cuda, DType type, Conv2dGeometry g) {
      this.cuda = cuda;
      this.g = g;
      Random random = new Random(3);
      x = OpenCuda.buffer(cuda, type, normal(random, g.inputLength()));
      w = OpenCuda.buffer(cuda, type, normal(random, g.filterLength()));
      dy = OpenCuda.buffer(cuda, type, normal(random, g.outputLength()));
      y = cuda.allocate(type, g.outputLength());
      dx = cuda.allocate(type, g.inputLength());
      dw = cuda.allocate(type, g.filterLength());
    }

    private static float[] normal(Random random, long length) {
      float[] values = new float[(int) length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }

    float[] forward() {
      cuda.conv().forward(g, x, w, y);
      return OpenCuda.values(cuda, y);
    }

    float[] backwardInput() {
      cuda.conv().backwardInput(g, dy, w, dx);
      return OpenCuda.values(cuda, dx);
    }

    void backward() {
      cuda.conv().backwardInput(g, dy, w, dx);
      cuda.conv().backwardWeight(g, x, dy, dw);
    }

    void clear() {
      for (Buffer output : new Buffer[] {y, dx, dw}) {
        cuda.elementwise().fill(output, Float.NaN);
      }
    }
  }
}
