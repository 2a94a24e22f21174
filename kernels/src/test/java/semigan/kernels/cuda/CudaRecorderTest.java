package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.CudaDevice;
import semigan.kernels.DType;
import semigan.kernels.DeviceMemoryException;
import semigan.kernels.Recorder;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.UnaryOp;

/** Work that is recorded once and launched again. */
class CudaRecorderTest {
  private static final int LENGTH = 1000;

  private Backend device;
  private Buffer x;
  private Buffer sum;

  @BeforeEach
  void open() {
    device = CudaDevice.open();
    x = device.allocate(DType.F32, LENGTH);
    sum = device.allocate(DType.F32, 1);
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  /** {@code sum = sum of 2 x + 1}, with memory of its own on the way. */
  private void work() {
    Buffer doubled = device.allocate(DType.F32, LENGTH);
    device.elementwise().unary(UnaryOp.LINEAR, 2, 1, x, doubled);
    device.reduce().sum(new ReduceGeometry(List.of(LENGTH), Set.of(0)), doubled, sum);
    device.release(doubled);
  }

  private float sumFor(float each) {
    float[] values = new float[LENGTH];
    java.util.Arrays.fill(values, each);
    device.write(values, 0, x);
    return LENGTH * (2 * each + 1);
  }

  private float found() {
    float[] read = new float[1];
    device.read(sum, read, 0);
    return read[0];
  }

  private Recorder recorded() {
    Recorder recorder = device.recorder().orElseThrow();
    recorder.rehearse(this::work);
    recorder.record(this::work);
    return recorder;
  }

  @Test
  void recordingRunsNothingAndLaunchingRunsItAll() {
    float rehearsed = sumFor(1);
    try (Recorder recorder = recorded()) {
      assertEquals(rehearsed, found());
      float expected = sumFor(3);
      assertEquals(rehearsed, found(), "recorded, not run");
      recorder.launch();
      assertEquals(expected, found());
    }
  }

  @Test
  void aHundredLaunchesAllocateNothingAndSeeEachInput() {
    sumFor(0);
    try (Recorder recorder = recorded()) {
      long live = device.memory().live();
      long cached = device.memory().cached();
      for (int i = 0; i < 100; i++) {
        float expected = sumFor(i);
        recorder.launch();
        assertEquals(expected, found(), "launch " + i);
      }
      assertEquals(live, device.memory().live());
      assertEquals(cached, device.memory().cached());
    }
  }

  @Test
  void whatOthersAllocateIsNotWrittenByALaunch() {
    sumFor(1);
    try (Recorder recorder = recorded()) {
      List<Buffer> others = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Buffer other = device.allocate(DType.F32, LENGTH);
        device.elementwise().fill(other, i);
        others.add(other);
      }
      recorder.launch();
      for (int i = 0; i < 4; i++) {
        float[] expected = new float[LENGTH];
        java.util.Arrays.fill(expected, i);
        float[] read = new float[LENGTH];
        device.read(others.get(i), read, 0);
        assertArrayEquals(expected, read);
      }
      others.forEach(device::release);
    }
  }

  @Test
  void neitherReadsNorWritesNorWaitsWhileItRecords() {
    for (Runnable forbidden :
        List.<Runnable>of(
            () -> device.write(new float[LENGTH], 0, x),
            () -> device.read(x, new float[LENGTH], 0),
            () -> device.synchronize())) {
      try (Recorder recorder = device.recorder().orElseThrow()) {
        recorder.rehearse(this::work);
        var error =
            assertThrows(
                IllegalStateException.class,
                () ->
                    recorder.record(
                        () -> {
                          work();
                          forbidden.run();
                        }));
        assertTrue(error.getMessage().contains("recorded work cannot"), error.getMessage());
      }
      float expected = sumFor(2);
      work();
      assertEquals(expected, found(), "the device goes on working");
    }
  }

  @Test
  void anOlderRecorderRefusesThemToo() {
    try (Recorder older = device.recorder().orElseThrow();
        Recorder newer = device.recorder().orElseThrow()) {
      older.rehearse(this::work);
      newer.rehearse(this::work);
      var error =
          assertThrows(
              IllegalStateException.class,
              () -> older.record(() -> device.write(new float[LENGTH], 0, x)));
      assertTrue(error.getMessage().contains("recorded work cannot"), error.getMessage());
    }
  }

  /** Which would leave no room for the smaller batch that is tried next. */
  @Test
  void workThatIsRecordedInVainKeepsNoMemory() {
    Simulated.libraries();
    Recorder recorder = device.recorder().orElseThrow();
    recorder.rehearse(this::work);
    Simulator.option("FAIL_INSTANTIATE_AFTER", "0");
    try {
      assertThrows(DeviceMemoryException.class, () -> recorder.record(this::work));
    } finally {
      Simulator.option("FAIL_INSTANTIATE_AFTER", null);
    }
    recorder.close();
    device.trim();
    assertEquals(0, device.memory().cached());
  }

  @Test
  void workThatNeedsMoreMemoryThanRehearsedIsRefused() {
    try (Recorder recorder = device.recorder().orElseThrow()) {
      recorder.rehearse(this::work);
      var error =
          assertThrows(
              IllegalStateException.class,
              () ->
                  recorder.record(
                      () -> {
                        Buffer more = device.allocate(DType.F32, 5 * LENGTH);
                        work();
                        device.release(more);
                      }));
      assertTrue(error.getMessage().contains("rehearsed"), error.getMessage());
    }
    float expected = sumFor(2);
    work();
    assertEquals(expected, found(), "the device goes on working");
  }

  @Test
  void memoryIsEverybodysAgainAfterTheEnd() {
    sumFor(1);
    long live = device.memory().live();
    recorded().close();
    assertEquals(live, device.memory().live());
    device.trim();
    assertEquals(0, device.memory().cached());
  }
}
