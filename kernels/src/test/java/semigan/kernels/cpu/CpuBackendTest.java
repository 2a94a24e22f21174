package semigan.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Buffer;
import semigan.kernels.CachingAllocator;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.DeviceMemoryException;
import semigan.kernels.MatmulGeometry;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.kernels.OptimKernels.AdamSlot;
import semigan.kernels.OptimKernels.AverageSlot;
import semigan.kernels.OptimKernels.SgdSlot;
import semigan.kernels.ProfiledBackend;
import semigan.kernels.RandomKernels.Key;
import semigan.kernels.ReduceGeometry;
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

  /** Which are as it was told to be, however oneDNN is loaded. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void itsThreadsAreNotThoseOfChildProcesses() throws IOException {
    Process child = new ProcessBuilder("sh", "-c", "echo $OMP_NUM_THREADS").start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(Objects.requireNonNullElse(System.getenv("OMP_NUM_THREADS"), ""), said.strip());
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void closingTwiceAndWithLiveBuffersIsHarmless() {
    Buffer live = backend.allocate(DType.F32, 1000);
    backend.release(backend.allocate(DType.F32, 1000));
    backend.close();
    backend.close();
    assertEquals(0, backend.memory().cached());
    backend.release(live);
    backend.trim();
    assertEquals(0, backend.memory().live());
  }

  /** What is freed and used all the same may end the process, here or anywhere. */
  @Test
  void useAfterClosingIsRefused() {
    Buffer floats = backend.allocate(DType.F32, 1000);
    Buffer ints = backend.allocate(DType.I32, 1000);
    backend.release(backend.allocate(DType.F32, 1000));
    backend.close();
    refused(() -> backend.allocate(DType.F32, 1000));
    refused(() -> backend.write(new float[1000], 0, floats));
    refused(() -> backend.write(new int[1000], 0, ints));
    refused(() -> backend.read(floats, new float[1000], 0));
    refused(() -> backend.read(ints, new int[1000], 0));
    refused(() -> backend.elementwise().fill(floats, 1));
    List.<Supplier<?>>of(
            backend::conv,
            backend::gemm,
            backend::norm,
            backend::elementwise,
            backend::copy,
            backend::reduce,
            backend::pool,
            backend::resize,
            backend::augment,
            backend::loss,
            backend::optim,
            backend::random)
        .forEach(family -> refused(family::get));
  }

  private static void refused(Executable use) {
    var refusal = assertThrows(IllegalStateException.class, use);
    assertTrue(refusal.getMessage().startsWith("cpu: closed"), refusal.getMessage());
  }

  @Test
  void memoryThatTheSystemRefusesIsNotThere() {
    try (var heap = new NativeMemory.Source()) {
      assertNull(heap.reserve(1L << 60));
      var allocator = new CachingAllocator<>(CpuBackend.NAME, heap, Long.MAX_VALUE);
      allocator.release(allocator.allocate(1 << 20));
      assertThrows(DeviceMemoryException.class, () -> allocator.allocate(1L << 60));
      assertEquals(0, allocator.usage().cached(), "given back for the sake of the request");
    }
    var error = assertThrows(DeviceMemoryException.class, () -> new NativeMemory(1L << 60));
    assertTrue(error.getMessage().contains("MiB of working memory"), error.getMessage());
  }

  /** Whatever a kernel has taken when it finds no more: a run may go on after that. */
  @Test
  void aKernelThatFindsTooLittleMemoryKeepsNothing() {
    backend.close();
    System.setProperty(CpuBackend.THREADS, "3");
    try {
      backend = new CpuBackend();
    } finally {
      System.clearProperty(CpuBackend.THREADS);
    }
    leavesNothing(maxBackward());
    leavesNothing(batchNormBackward());
    var square = new Conv2dGeometry(64, 16, 16, 64, 64, 4, 4, 2, 2, 1, 1, 1, 1);
    var grey = new Conv2dGeometry(64, 32, 32, 1, 16, 4, 4, 2, 2, 1, 1, 1, 1);
    for (DType type : List.of(DType.F32, DType.BF16)) {
      if (backend.supports(type)) {
        leavesNothing(convBackward(square, type));
        leavesNothing(convBackward(grey, type));
      }
    }
    var few = grey.withBatch(4);
    var profiled = new ProfiledBackend(backend);
    Buffer y = backend.allocate(DType.F32, few.outputLength());
    profiled
        .conv()
        .forward(few, random((int) few.inputLength()), random((int) few.filterLength()), y);
    leavesNothing(profiled::convolutionFloor);
  }

  private Runnable maxBackward() {
    Buffer x = random(16 * 32 * 512);
    Buffer y = random(32);
    return () ->
        backend
            .reduce()
            .maxBackward(new ReduceGeometry(List.of(16, 32, 512), Set.of(0, 2)), x, y, y, x);
  }

  private Runnable batchNormBackward() {
    int rows = 300;
    int channels = 1000;
    Buffer x = random(rows * channels);
    Buffer dx = random(rows * channels);
    Buffer v = random(channels);
    return () ->
        backend.norm().batchNormBackward(rows, channels, 1, 1, x, v, v, v, v, x, x, dx, v, v);
  }

  private Runnable convBackward(Conv2dGeometry g, DType type) {
    Buffer x = backend.allocate(type, g.inputLength());
    Buffer w = backend.allocate(type, g.filterLength());
    Buffer dy = backend.allocate(type, g.outputLength());
    Buffer dx = backend.allocate(type, g.inputLength());
    Buffer dw = backend.allocate(type, g.filterLength());
    List.of(x, w, dy).forEach(buffer -> backend.elementwise().fill(buffer, 1));
    return () -> backend.conv().backward(g, x, w, dy, dx, dw);
  }

  /** With ever less memory to be had. */
  private void leavesNothing(Runnable kernel) {
    List<Buffer> others = new ArrayList<>();
    int failures = 0;
    for (long room = room(); room >= 64; room = room()) {
      long live = backend.memory().live();
      if (room < 1 << 26) {
        try {
          kernel.run();
        } catch (DeviceMemoryException e) {
          failures++;
        }
      }
      assertEquals(live, backend.memory().live());
      long bytes = Math.min(Math.max(64, room / 4), 1 << 30);
      others.add(backend.allocate(DType.I32, bytes / Integer.BYTES));
    }
    assertTrue(failures > 0);
    others.forEach(backend::release);
  }

  private long room() {
    return backend.memory().budget() - backend.memory().live();
  }

  /** What lies in between would take 160 and 200 MiB. */
  @Test
  void theInputsGradientOfManyOrLargeImagesTakesLittleMemory() {
    var many = new Conv2dGeometry(209, 32, 32, 4, 5, 7, 7, 1, 1, 3, 3, 3, 3);
    Buffer w = random((int) many.filterLength());
    Buffer dy = random((int) many.outputLength());
    float[] whole = convolvedBack(many, dy, w);
    int from = 0;
    for (int batch : new int[] {1, 103, 105}) {
      Conv2dGeometry some = many.withBatch(batch);
      Buffer theirs = dy.slice(from * some.outputLength() / batch, some.outputLength());
      int first = (int) (from * some.inputLength() / batch);
      assertArrayEquals(
          Arrays.copyOfRange(whole, first, first + (int) some.inputLength()),
          convolvedBack(some, theirs, w));
      from += batch;
    }
    var large = new Conv2dGeometry(1, 512, 512, 4, 5, 7, 7, 1, 1, 3, 3, 3, 3);
    convolvedBack(large, random((int) large.outputLength()), w);
    long peak = backend.memory().peak();
    assertTrue(peak < 150 << 20, DeviceMemoryException.size(peak));
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

  /** Transformed filters are kept, until somebody may have written to the filter. */
  @ParameterizedTest
  @ValueSource(ints = {80, 8}) // by large tiles and by small ones
  void whateverWritesToAFilterItIsSeen(int batch) {
    var g = new Conv2dGeometry(batch, 8, 8, 16, 32, 4, 4, 2, 2, 1, 1, 1, 1);
    int length = (int) g.filterLength();
    Buffer x = random((int) g.inputLength());
    Buffer dy = random((int) g.outputLength());
    List<Function<Buffer, float[]>> uses =
        List.of(w -> convolved(g, x, w), w -> convolvedBack(g, dy, w));
    writers(length)
        .forEach((name, writer) -> uses.forEach(use -> assertSeen(name, writer, use, length)));
  }

  private void assertSeen(
      String name, Consumer<Buffer> writer, Function<Buffer, float[]> use, int length) {
    Buffer w = random(length);
    Buffer twin = random(length); // of the same values, and not used before it has changed
    float[] before = use.apply(w);
    writer.accept(w);
    writer.accept(twin);
    float[] after = use.apply(w);
    assertFalse(Arrays.equals(before, after), name + " changes nothing");
    assertArrayEquals(use.apply(twin), after, name);
    backend.release(w);
    backend.release(twin);
  }

  /** All kinds of kernels that may write to a filter of this length, or to a part of it. */
  private Map<String, Consumer<Buffer>> writers(int length) {
    Buffer other = random(length + 1).slice(0, length);
    Buffer zeros = backend.allocate(DType.F32, length);
    backend.elementwise().fill(zeros, 0);
    Buffer clock = backend.allocate(DType.F32, 2);
    backend.write(new float[] {1, 0.5f}, 0, clock);
    Buffer offset = backend.allocate(DType.I32, 2);
    backend.write(new int[2], 0, offset);
    var product = new MatmulGeometry(length / 16, 16, 1, false, false);
    var settings = new AdamSettings(0.9f, 0.999f, 1e-8f, false);
    Map<String, Consumer<Buffer>> writers = new LinkedHashMap<>();
    writers.put("write", w -> backend.write(new float[] {2}, 0, w.slice(length - 1, 1)));
    writers.put("fill", w -> backend.elementwise().fill(w.slice(1, 1), 3));
    writers.put("unary", w -> backend.elementwise().unary(UnaryOp.LINEAR, 2, 1, w, w));
    writers.put("convert", w -> backend.copy().convert(other, w));
    writers.put("matmul", w -> backend.gemm().matmul(product, other, other, w));
    writers.put("normal", w -> backend.random().normal(new Key(1, 2), offset, 0, 0, 1, w));
    writers.put("average", w -> backend.optim().average(0.5f, List.of(new AverageSlot(w, other))));
    writers.put("sgd", w -> backend.optim().sgd(0, clock, List.of(new SgdSlot(w, other, zeros))));
    writers.put(
        "adam",
        w -> {
          backend.elementwise().fill(zeros, 0);
          Buffer velocity = backend.allocate(DType.F32, length);
          backend.elementwise().fill(velocity, 0);
          backend
              .optim()
              .adam(settings, clock, null, List.of(new AdamSlot(w, other, zeros, velocity)));
          backend.release(velocity);
        });
    return writers;
  }

  /** More transformed filters than are kept, twice, and all of them freed in between. */
  @ParameterizedTest
  @ValueSource(ints = {80, 8})
  void transformedFiltersComeAndGo(int batch) {
    var g = new Conv2dGeometry(batch, 8, 8, 256, 512, 4, 4, 2, 2, 1, 1, 1, 1);
    Buffer x = random((int) g.inputLength());
    Buffer w = random((int) g.filterLength());
    float[] expected = convolved(g, x, w);
    for (int round = 0; round < 2; round++) {
      List<Buffer> copies = new ArrayList<>();
      for (int i = 0; i < 11; i++) {
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
