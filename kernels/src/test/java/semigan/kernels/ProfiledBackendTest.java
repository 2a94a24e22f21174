package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import semigan.kernels.OptimKernels.AverageSlot;

class ProfiledBackendTest {
  private static final Conv2dGeometry GEOMETRY =
      new Conv2dGeometry(2, 4, 4, 3, 5, 3, 3, 1, 1, 1, 1, 1, 1);

  @Test
  void aKernelDoesTheSameAndIsCounted() {
    try (Backend plain = Backends.open("reference");
        ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"))) {
      float[] expected = convolve(plain);
      assertArrayEquals(expected, convolve(profiled));
      convolve(profiled);

      ProfiledBackend.Row row = row(profiled, "conv forward [2,4,4,3] to [2,4,4,5] by 3x3");
      assertEquals(2, row.calls());
      assertTrue(row.nanos() > 0);
      assertEquals(2 * 4 * (2 * 16 * 3 + 5 * 9 * 3 + 2 * 16 * 5), row.bytes());
      assertEquals(2 * 2 * (2 * 16 * 5) * 9 * 3, row.operations());
    }
  }

  @Test
  void slotsOfAnOptimiserCountTheirBuffers() {
    try (ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"))) {
      Buffer average = profiled.allocate(DType.F32, 10);
      Buffer value = profiled.allocate(DType.F32, 10);
      profiled.optim().average(0.5f, List.of(new AverageSlot(average, value)));
      assertEquals(80, row(profiled, "optim average").bytes());
    }
  }

  @Test
  void theFloorCoversEveryConvolutionAndLeavesNoMemory() {
    try (ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"))) {
      assertEquals(0, profiled.convolutionFloor());
      convolve(profiled);
      long live = profiled.memory().live();
      long once = profiled.convolutionFloor();
      assertTrue(once > 0);
      assertEquals(live, profiled.memory().live());
      profiled.restart();
      assertEquals(0, profiled.convolutionFloor());
      assertEquals(List.of(), profiled.rows());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void theFloorIsOfTheTypeThatWasMeasured(DType type) {
    try (ProfiledBackend device = new ProfiledBackend(Backends.open("reference"));
        ProfiledBackend profiled = new ProfiledBackend(device)) {
      Buffer x = profiled.allocate(type, GEOMETRY.inputLength());
      Buffer w = profiled.allocate(type, GEOMETRY.filterLength());
      Buffer y = profiled.allocate(type, GEOMETRY.outputLength());
      profiled.conv().forward(GEOMETRY, x, w, y);
      device.restart();
      profiled.convolutionFloor();
      ProfiledBackend.Row row = row(device, "conv forward [2,4,4,3] to [2,4,4,5] by 3x3");
      assertEquals(row.calls() * (x.bytes() + w.bytes() + y.bytes()), row.bytes());
    }
  }

  /** The reference has no way of its own to make both gradients, so that they are timed apart. */
  @Test
  void aKernelMadeOfOthersIsTimedAsThese() {
    try (ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"))) {
      Buffer x = profiled.allocate(DType.F32, GEOMETRY.inputLength());
      Buffer w = profiled.allocate(DType.F32, GEOMETRY.filterLength());
      Buffer dy = profiled.allocate(DType.F32, GEOMETRY.outputLength());
      Buffer dx = profiled.allocate(DType.F32, GEOMETRY.inputLength());
      Buffer dw = profiled.allocate(DType.F32, GEOMETRY.filterLength());
      profiled.conv().backward(GEOMETRY, x, w, dy, dx, dw);
      List<String> kernels =
          profiled.rows().stream().map(row -> row.kernel().split(" ")[1]).sorted().toList();
      assertEquals(List.of("backwardInput", "backwardWeight"), kernels);
    }
  }

  @Test
  void doublesPassExactly() {
    try (ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"))) {
      Buffer buffer = profiled.allocate(DType.F64, 2);
      double[] values = {Math.PI, 1e-300};
      profiled.write(values, 0, buffer);
      double[] read = new double[2];
      profiled.read(buffer, read, 0);
      assertArrayEquals(values, read);
    }
  }

  @Test
  void kernelsArePrintedAndComparedWithoutBeingTimed() {
    try (ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"))) {
      assertTrue(profiled.conv().toString().contains("ReferenceConv"), profiled.conv().toString());
      assertEquals(profiled.conv().hashCode(), profiled.conv().hashCode());
      assertEquals(List.of(), profiled.rows());
    }
  }

  @Test
  void aKernelsOwnFailureComesThrough() {
    try (ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"))) {
      Buffer x = profiled.allocate(DType.F32, 1);
      assertThrows(
          IndexOutOfBoundsException.class, () -> profiled.conv().forward(GEOMETRY, x, x, x));
    }
  }

  @Test
  void theLongestComeFirst() {
    try (ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"))) {
      convolve(profiled);
      List<Long> times = profiled.rows().stream().map(ProfiledBackend.Row::nanos).toList();
      assertEquals(2, times.size());
      assertTrue(times.get(0) >= times.get(1), times.toString());
    }
  }

  @Test
  void aRepeatedKernelCountsAsOneCall() {
    try (ProfiledBackend profiled = new ProfiledBackend(Backends.open("reference"), 3)) {
      Buffer average = profiled.allocate(DType.F32, 1);
      Buffer value = profiled.allocate(DType.F32, 1);
      profiled.write(new float[] {0}, 0, average);
      profiled.write(new float[] {1}, 0, value);
      profiled.optim().average(0.5f, List.of(new AverageSlot(average, value)));
      float[] found = new float[1];
      profiled.read(average, found, 0);
      assertEquals(0.875f, found[0], "half of the way, three times");
      assertEquals(1, row(profiled, "optim average").calls());
      assertEquals(8, row(profiled, "optim average").bytes());
    }
  }

  private static ProfiledBackend.Row row(ProfiledBackend profiled, String kernel) {
    return profiled.rows().stream()
        .filter(row -> row.kernel().equals(kernel))
        .findFirst()
        .orElseThrow();
  }

  private static float[] convolve(Backend backend) {
    float[] values = new float[(int) GEOMETRY.inputLength()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 7 - 3;
    }
    Buffer x = backend.allocate(DType.F32, GEOMETRY.inputLength());
    Buffer w = backend.allocate(DType.F32, GEOMETRY.filterLength());
    Buffer y = backend.allocate(DType.F32, GEOMETRY.outputLength());
    backend.write(values, 0, x);
    backend.elementwise().fill(w, 0.5f);
    backend.conv().forward(GEOMETRY, x, w, y);
    float[] result = new float[(int) GEOMETRY.outputLength()];
    backend.read(y, result, 0);
    List.of(x, w, y).forEach(backend::release);
    return result;
  }
}
