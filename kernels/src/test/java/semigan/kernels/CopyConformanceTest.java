package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import org.junit.jupiter.api.function.Executable;
import semigan.kernels.cuda.CudaBackend;

class CopyConformanceTest {
  @OnEveryDevice
  void transposes(Device device) {
    for (int rows : new int[] {1, 3, 31, 32, 33, 257}) {
      for (int columns : new int[] {1, 3, 33, 256}) {
        var g =
            new StridedCopy(
                List.of(rows, columns),
                0,
                List.of((long) columns, 1L),
                0,
                List.of(1L, (long) rows));
        strided(device, g, rows * columns, rows * columns);
      }
    }
  }

  @OnEveryDevice
  void permutesImages(Device device) {
    // [2,5,7,3] NHWC to [2,3,5,7] NCHW
    var g =
        new StridedCopy(
            List.of(2, 5, 7, 3), 0, List.of(105L, 21L, 3L, 1L), 0, List.of(105L, 7L, 1L, 35L));
    strided(device, g, 210, 210);
    // [3,33,40] NWC to [3,40,33] NCW
    strided(
        device,
        new StridedCopy(List.of(3, 33, 40), 0, List.of(1320L, 40L, 1L), 0, List.of(1320L, 1L, 33L)),
        3960,
        3960);
  }

  @OnEveryDevice
  void slices(Device device) {
    // rows 2..5 and columns 1..31 of [7,33]
    strided(
        device,
        new StridedCopy(List.of(4, 31), 2 * 33 + 1, List.of(33L, 1L), 0, List.of(31L, 1L)),
        7 * 33,
        4 * 31);
    // every second element
    strided(device, new StridedCopy(List.of(128), 1, List.of(2L), 0, List.of(1L)), 257, 128);
  }

  @OnEveryDevice
  void concatenatesAndLeavesTheRestOfTheTarget(Device device) {
    // [31,3] into columns 2..4 of [31,7]
    strided(
        device,
        new StridedCopy(List.of(31, 3), 0, List.of(3L, 1L), 2, List.of(7L, 1L)),
        31 * 3,
        31 * 7);
    strided(device, new StridedCopy(List.of(255), 0, List.of(1L), 257, List.of(1L)), 255, 600);
    // [31,16] into columns 8..23 of [31,24]
    strided(
        device,
        new StridedCopy(List.of(31, 16), 0, List.of(16L, 1L), 8, List.of(24L, 1L)),
        31 * 16,
        31 * 24);
  }

  @OnEveryDevice
  void expands(Device device) {
    strided(
        device,
        new StridedCopy(List.of(33, 5, 3), 0, List.of(0L, 0L, 1L), 0, List.of(15L, 3L, 1L)),
        3,
        33 * 5 * 3);
    strided(device, new StridedCopy(List.of(257), 4, List.of(0L), 0, List.of(1L)), 5, 257);
  }

  @OnEveryDevice
  void reverses(Device device) {
    strided(
        device,
        new StridedCopy(List.of(3, 33), 32, List.of(33L, -1L), 0, List.of(33L, 1L)),
        99,
        99);
  }

  @OnEveryDevice
  void copiesSingleElementsAndManyAxes(Device device) {
    strided(device, new StridedCopy(List.of(), 2, List.of(), 1, List.of()), 3, 4);
    strided(
        device,
        new StridedCopy(
            List.of(2, 1, 3, 2, 1, 2),
            0,
            List.of(12L, 12L, 4L, 2L, 2L, 1L),
            0,
            List.of(1L, 1L, 8L, 2L, 2L, 4L)),
        24,
        24);
  }

  @OnEveryDevice
  void copiesIntegers(Device device) {
    var trial = new Trial(device, "integers");
    var source = trial.integers("source", 1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE, 16777217);
    var target = trial.updated("target", DType.I32, 7, 7, 7, 7);
    var g = new StridedCopy(List.of(3), 2, List.of(1L), 1, List.of(1L));
    trial.run((kernels, at) -> kernels.copy().strided(g, at.of(source), at.of(target)));
    trial.assertSame(target);
  }

  @OnEveryDevice
  void convertsBetweenEveryTwoTypes(Device device) {
    for (int length : new int[] {1, 3, 33, 257}) {
      for (DType other : new DType[] {device.type(), DType.F32}) {
        var there = new Trial(device, "to " + other);
        var source = there.input("source", length);
        var target = there.output("target", other, length);
        there.run((kernels, at) -> kernels.copy().convert(at.of(source), at.of(target)));
        there.assertSame(target);
        var back = new Trial(device, "from " + other);
        var wide = back.single("source", back.normal(length));
        var narrow = back.output("target", length);
        back.run((kernels, at) -> kernels.copy().convert(at.of(wide), at.of(narrow)));
        back.assertSame(narrow);
      }
    }
  }

  @OnEveryDevice
  void gathersByLabelAndScattersBack(Device device) {
    for (int rows : new int[] {1, 3, 33, 257}) {
      for (int columns : new int[] {1, 3, 10, 257}) {
        var trial = new Trial(device, rows + " x " + columns);
        var x = trial.input("x", (long) rows * columns);
        var labels = trial.integers("labels", trial.below(columns, rows));
        var y = trial.output("y", rows);
        var dy = trial.input("dy", rows);
        var dx = trial.output("dx", (long) rows * columns);
        trial.run(
            (kernels, at) -> {
              kernels.copy().gather(rows, columns, at.of(x), at.of(labels), at.of(y));
              kernels.copy().gatherBackward(rows, columns, at.of(dy), at.of(labels), at.of(dx));
            });
        trial.assertSame(y);
        trial.assertSame(dx);
      }
    }
  }

  /** A label is looked at where that costs nothing. */
  @OnEveryDevice
  void refusesALabelOutOfRangeOnTheHost(Device device) {
    assumeFalse(device.backendName().equals(CudaBackend.NAME), "does not look at labels");
    Backend backend = device.backend();
    Buffer x = backend.allocate(device.type(), 6);
    Buffer y = backend.allocate(device.type(), 2);
    Buffer labels = backend.allocate(DType.I32, 2);
    for (int label : new int[] {3, -1}) {
      backend.write(new int[] {2, label}, 0, labels);
      String expected = "gather: row 1 has the label %d, expected 0 to 2".formatted(label);
      refused(expected, () -> backend.copy().gather(2, 3, x, labels, y));
      refused(expected, () -> backend.copy().gatherBackward(2, 3, y, labels, x));
    }
    List.of(x, y, labels).forEach(backend::release);
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private static void strided(Device device, StridedCopy g, long sourceLength, long targetLength) {
    var trial = new Trial(device, g);
    var source = trial.input("source", sourceLength);
    var target = trial.updated("target", trial.normal(targetLength));
    trial.run((kernels, at) -> kernels.copy().strided(g, at.of(source), at.of(target)));
    trial.assertSame(target);
  }
}
