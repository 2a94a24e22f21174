package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class SliceTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @CsvSource({"0,0,2", "0,1,1", "1,0,3", "1,2,3", "2,3,1", "-1,1,2", "1,0,5"})
  void takesARangeAlongAnAxisWithItsGradient(int axis, int start, int length) {
    Tensor x = device.normal(Shape.of(2, 5, 4));
    HostArray values = HostArray.of(x);
    int at = axis < 0 ? axis + 3 : axis;
    HostArray.filled(
            x.shape().with(at, length),
            y -> {
              y[at] += start;
              return values.at(y);
            })
        .assertMatches(Slice.slice(x, axis, start, length), 0);
    GradientCheck.check(in -> Slice.slice(in.get(0), axis, start, length), x);
  }

  @Test
  void addsTheGradientsOfSlicesThatOverlap() {
    Tensor x = device.normal(Shape.of(5, 2));
    GradientCheck.check(
        in -> Binary.multiply(Slice.slice(in.get(0), 0, 0, 3), Slice.slice(in.get(0), 0, 2, 3)), x);
  }

  @Test
  void namesTheRangeAxisAndShape() {
    Tensor x = device.normal(Shape.of(2, 5));
    assertRefused(
        () -> Slice.slice(x, -1, 3, 3), "slice: positions 3 to 5 reach outside axis 1 of [2,5]");
    assertRefused(
        () -> Slice.slice(x, 0, -1, 1), "slice: positions -1 to -1 reach outside axis 0 of [2,5]");
    assertRefused(
        () -> Slice.slice(x, 0, 2, 1), "slice: positions 2 to 2 reach outside axis 0 of [2,5]");
    assertRefused(() -> Slice.slice(x, 2, 0, 1), "slice: there is no axis 2 in [2,5]");
    assertRefused(() -> Slice.slice(x, 1, 0, 0), "slice: the length must be positive but is 0");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
