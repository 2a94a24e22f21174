package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Opening, memory and transfers. */
class BackendConformanceTest {
  @Test
  void everyRequiredBackendOpens() {
    for (String name : Device.required()) {
      try (Backend backend = Backends.open(name)) {
        assertFalse(backend.description().isBlank());
      }
    }
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    var error = assertThrows(IllegalArgumentException.class, () -> Backends.open("quantum"));
    assertTrue(error.getMessage().contains("'quantum'"), error.getMessage());
    Backends.names().forEach(name -> assertTrue(error.getMessage().contains(name)));
  }

  @OnEveryDevice
  void backendsOpenByTheirNames(Device device) {
    assertEquals(device.backendName(), device.backend().name());
  }

  @OnEveryDevice
  void bytesAreCountedWhileBuffersAreOut(Device device) {
    Backend backend = device.backend();
    long live = backend.memory().live();
    Buffer buffer = backend.allocate(device.type(), 4096);
    assertEquals(4096L * device.type().bytes(), backend.memory().live() - live);
    backend.release(buffer);
    assertEquals(live, backend.memory().live());
    assertThrows(IllegalStateException.class, () -> backend.release(buffer));
  }

  @OnEveryDevice
  void moreThanTheBudgetIsRefusedAndNothingIsLost(Device device) {
    Backend backend = device.backend();
    MemoryUsage before = backend.memory();
    long length = before.budget() / device.type().bytes() + 1;
    assertThrows(DeviceMemoryException.class, () -> backend.allocate(device.type(), length));
    assertEquals(before.live(), backend.memory().live());
  }

  /** Some of them in bytes are a negative number, nothing or little to whoever counts in longs. */
  @OnEveryDevice
  void lengthsThatNoMemoryHoldsAreRefused(Device device) {
    Backend backend = device.backend();
    long live = backend.memory().live();
    for (long length : new long[] {1L << 61, 1L << 62, (1L << 62) + 2, Long.MAX_VALUE}) {
      assertThrows(
          DeviceMemoryException.class, () -> backend.allocate(device.type(), length), "" + length);
    }
    for (long length : new long[] {-1, -(1L << 62), Long.MIN_VALUE}) {
      var error =
          assertThrows(
              IllegalArgumentException.class, () -> backend.allocate(device.type(), length));
      assertTrue(error.getMessage().contains("not " + length), error.getMessage());
    }
    assertEquals(live, backend.memory().live());
  }

  @OnEveryDevice
  void slicesShareMemoryAndKeepInsideIt(Device device) {
    Backend backend = device.backend();
    Buffer whole = backend.allocate(device.type(), 10);
    backend.write(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 0, whole);
    Buffer inner = whole.slice(2, 6).slice(1, 3);
    backend.write(new float[] {-9, -3, -4, -5}, 1, inner);
    float[] read = new float[11];
    backend.read(whole, read, 1);
    assertArrayEquals(new float[] {0, 0, 1, 2, -3, -4, -5, 6, 7, 8, 9}, read);
    assertThrows(IndexOutOfBoundsException.class, () -> inner.slice(1, 3));
    backend.release(whole);
  }

  @OnEveryDevice
  void integersAreKeptExactly(Device device) {
    Backend backend = device.backend();
    int[] values = {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 16_777_217};
    Buffer buffer = backend.allocate(DType.I32, values.length);
    backend.write(values, 0, buffer);
    int[] read = new int[values.length];
    backend.read(buffer, read, 0);
    assertArrayEquals(values, read);
    backend.release(buffer);
  }

  /** Many and large ones, so that whatever they pass through is used again while it is busy. */
  @OnEveryDevice
  void kernelsSeeWhatWasWrittenBeforeThem(Device device) {
    Backend backend = device.backend();
    for (int length : new int[] {64, 300_000}) {
      float[] values = new float[length];
      Buffer[] inputs = new Buffer[8];
      Buffer[] outputs = new Buffer[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = backend.allocate(device.type(), length);
        outputs[i] = backend.allocate(device.type(), length);
        Arrays.fill(values, i + 1);
        backend.write(values, 0, inputs[i]);
        backend.elementwise().unary(UnaryOp.LINEAR, 2, 0, inputs[i], outputs[i]);
      }
      for (int i = 0; i < inputs.length; i++) {
        backend.read(outputs[i], values, 0);
        float[] expected = new float[length];
        Arrays.fill(expected, 2 * (i + 1));
        assertArrayEquals(expected, values);
        backend.release(inputs[i]);
        backend.release(outputs[i]);
      }
    }
  }

  /** Large ones, which may travel while kernels run. */
  @OnEveryDevice
  void whatIsWrittenComesAfterTheKernelsThatReadWhatWasThere(Device device) {
    Backend backend = device.backend();
    int length = 100_000;
    Buffer input = backend.allocate(device.type(), length);
    Buffer output = backend.allocate(device.type(), length);
    float[] values = new float[length];
    backend.write(values, 0, input);
    for (int round = 1; round < 8; round++) {
      backend.elementwise().unary(UnaryOp.LINEAR, 1, 0, input, output);
      Arrays.fill(values, round);
      backend.write(values, 0, input);
      backend.read(output, values, 0);
      float[] expected = new float[length];
      Arrays.fill(expected, round - 1);
      assertArrayEquals(expected, values);
    }
    backend.release(input);
    backend.release(output);
  }

  @OnEveryDevice
  void aReadWaitsForTheKernelsThatWriteIt(Device device) {
    Backend backend = device.backend();
    Buffer buffer = backend.allocate(device.type(), 1 << 20);
    float[] read = new float[1 << 20];
    for (int round = 0; round < 5; round++) {
      backend.elementwise().fill(buffer, round);
      backend.read(buffer, read, 0);
      for (float value : read) {
        assertEquals(round, value);
      }
    }
    backend.release(buffer);
  }
}
