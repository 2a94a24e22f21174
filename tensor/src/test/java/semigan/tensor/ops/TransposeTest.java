package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class TransposeTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  /** Every order of one to three axes, and some of four. */
  static Stream<int[]> orders() {
    return Stream.of(
        new int[] {0},
        new int[] {0, 1},
        new int[] {1, 0},
        new int[] {0, 1, 2},
        new int[] {0, 2, 1},
        new int[] {1, 0, 2},
        new int[] {1, 2, 0},
        new int[] {2, 0, 1},
        new int[] {2, 1, 0},
        new int[] {0, 3, 1, 2},
        new int[] {0, 2, 3, 1},
        new int[] {3, 1, 0, 2});
  }

  @ParameterizedTest
  @MethodSource("orders")
  void putsAxesInAnotherOrderWithItsGradient(int[] order) {
    int[] sizes = Arrays.copyOf(new int[] {2, 3, 4, 5}, order.length);
    Tensor x = device.normal(Shape.of(sizes));
    HostArray values = HostArray.of(x);
    HostArray.filled(
            Shape.of(Arrays.stream(order).map(axis -> sizes[axis]).toArray()),
            y -> {
              int[] index = new int[order.length];
              for (int axis = 0; axis < order.length; axis++) {
                index[order[axis]] = y[axis];
              }
              return values.at(index);
            })
        .assertMatches(Transpose.transpose(x, order), 0);
    GradientCheck.check(in -> Transpose.transpose(in.get(0), order), x);
  }

  @Test
  void countsNegativeAxesFromTheLast() {
    Tensor x = device.normal(Shape.of(2, 3, 4));
    assertArrayEquals(
        Transpose.transpose(x, 2, 0, 1).toDoubles(), Transpose.transpose(x, -1, 0, -2).toDoubles());
  }

  @Test
  void refusesAxesThatAreNoPermutation() {
    Tensor x = device.normal(Shape.of(2, 3));
    assertRefused(
        () -> Transpose.transpose(x, 0, 0),
        "transpose: axes [0, 0] must name every axis of [2,3] once");
    assertRefused(
        () -> Transpose.transpose(x, 1), "transpose: axes [1] must name every axis of [2,3] once");
    assertRefused(() -> Transpose.transpose(x, 0, 2), "transpose: there is no axis 2 in [2,3]");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
