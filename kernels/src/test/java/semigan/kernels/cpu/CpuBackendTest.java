package semigan.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.MatmulGeometry;
import semigan.kernels.UnaryOp;

/** What the conformance suite cannot see: memory that is freed, and plans that are dropped. */
class CpuBackendTest {
  private CpuBackend backend;

  @BeforeEach
  void open() {
    try {
      backend = new CpuBackend();
    } catch (BackendUnavailableException e) {
      boolean required = System.getProperty("semigan.require", "").contains(CpuBackend.NAME);
      assumeTrue(required, e.getMessage());
      throw e;
    }
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void closingTwiceAndWithLiveBuffersIsHarmless() {
    backend.allocate(DType.F32, 1000);
    backend.release(backend.allocate(DType.F32, 1000));
    backend.close();
    backend.close();
  }

  @Test
  void aWindowCannotBeReleased() {
    Buffer whole = backend.allocate(DType.F32, 10);
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> backend.release(whole.slice(2, 3)));
    assertTrue(refusal.getMessage().contains("release the buffer that it looks into"));
    backend.release(whole);
  }

  /** More sizes than plans are kept, twice: what was dropped is made again and still right. */
  @Test
  void plansComeAndGo() {
    int sizes = 600;
    Buffer x = backend.allocate(DType.F32, Functions.SMALL + sizes);
    Buffer y = backend.allocate(DType.F32, Functions.SMALL + sizes);
    backend.elementwise().fill(x, -3);
    for (int i = 0; i < 2 * sizes; i++) {
      int length = Functions.SMALL + 1 + i % sizes;
      backend.elementwise().fill(y, 0);
      backend.elementwise().unary(UnaryOp.ABS, 0, 0, x.slice(0, length), y.slice(0, length));
      float[] result = new float[Functions.SMALL + sizes];
      backend.read(y, result, 0);
      float[] expected = new float[result.length];
      Arrays.fill(expected, 0, length, 3);
      assertArrayEquals(expected, result);
    }
    backend.release(x);
    backend.release(y);
    assertEquals(0, backend.memory().live());
  }

  @Test
  void theSameProductTwiceGivesTheSameBits() {
    var geometry = new MatmulGeometry(65, 67, 1023, false, true);
    Buffer a = random(65 * 1023);
    Buffer b = random(67 * 1023);
    Buffer c = backend.allocate(DType.F32, 65 * 67);
    float[][] results = new float[2][65 * 67];
    for (float[] result : results) {
      backend.gemm().matmul(geometry, a, b, c);
      backend.read(c, result, 0);
    }
    assertArrayEquals(results[0], results[1]);
  }

  /** Transformed filters are kept, by where the filter lies: what counts is what it holds. */
  @Test
  void aFilterThatChangedInOnePlaceIsSeen() {
    var g = new Conv2dGeometry(64, 8, 8, 16, 32, 4, 4, 2, 2, 1, 1, 1, 1);
    Buffer x = random((int) g.inputLength());
    Buffer dy = random((int) g.outputLength());
    Buffer w = random((int) g.filterLength());
    convolved(g, x, w);
    backend.write(new float[] {2}, 0, w.slice(g.filterLength() - 1, 1));
    Buffer elsewhere = backend.allocate(DType.F32, g.filterLength());
    backend.write(floats(w), 0, elsewhere);
    assertArrayEquals(convolved(g, x, elsewhere), convolved(g, x, w));
    backend.write(new float[] {-2}, 0, w.slice(0, 1));
    backend.write(floats(w), 0, elsewhere);
    assertArrayEquals(convolvedBack(g, dy, elsewhere), convolvedBack(g, dy, w));
  }

  /** More transformed filters than are kept, twice, and all of them freed in between. */
  @Test
  void transformedFiltersComeAndGo() {
    var g = new Conv2dGeometry(64, 8, 8, 256, 512, 4, 4, 2, 2, 1, 1, 1, 1);
    Buffer x = random((int) g.inputLength());
    Buffer w = random((int) g.filterLength());
    float[] expected = convolved(g, x, w);
    for (int round = 0; round < 2; round++) {
      List<Buffer> copies = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        Buffer copy = backend.allocate(DType.F32, g.filterLength());
        backend.write(floats(w), 0, copy);
        assertArrayEquals(expected, convolved(g, x, copy));
        copies.add(copy);
      }
      assertArrayEquals(expected, convolved(g, x, w));
      backend.trim();
      assertArrayEquals(expected, convolved(g, x, w));
      copies.forEach(backend::release);
    }
  }

  private float[] convolved(Conv2dGeometry g, Buffer x, Buffer w) {
    Buffer y = backend.allocate(DType.F32, g.outputLength());
    backend.conv().forward(g, x, w, y);
    float[] result = floats(y);
    backend.release(y);
    return result;
  }

  private float[] convolvedBack(Conv2dGeometry g, Buffer dy, Buffer w) {
    Buffer dx = backend.allocate(DType.F32, g.inputLength());
    backend.conv().backwardInput(g, dy, w, dx);
    float[] result = floats(dx);
    backend.release(dx);
    return result;
  }

  private float[] floats(Buffer buffer) {
    float[] values = new float[(int) buffer.length()];
    backend.read(buffer, values, 0);
    return values;
  }

  private Buffer random(int length) {
    var random = new Random(length);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    Buffer buffer = backend.allocate(DType.F32, length);
    backend.write(values, 0, buffer);
    return buffer;
  }
}
