package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class ExpandTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Reductions#cases")
  void repeatsAlongAxesWithItsGradient(Shape shape, Set<Integer> mixed) {
    Set<Integer> axes = mixed.stream().map(shape::axis).collect(Collectors.toSet());
    int[] kept = IntStream.range(0, shape.rank()).filter(axis -> !axes.contains(axis)).toArray();
    Tensor x = device.normal(Shape.of(Arrays.stream(kept).map(shape::size).toArray()));
    HostArray values = HostArray.of(x);
    HostArray.filled(shape, y -> values.at(Arrays.stream(kept).map(axis -> y[axis]).toArray()))
        .assertMatches(Expand.alongAxes(x, shape, axes), 0);
    GradientCheck.check(in -> Expand.alongAxes(in.get(0), shape, axes), x);
  }

  @Test
  void countsNegativeAxesFromTheLast() {
    Tensor x = device.normal(Shape.of(2, 3));
    HostArray.of(Expand.alongAxes(x, Shape.of(2, 3, 4), Set.of(2)))
        .assertMatches(Expand.alongAxes(x, Shape.of(2, 3, 4), Set.of(-1)), 0);
  }

  @Test
  void namesBothShapesAndTheAxes() {
    Tensor x = device.normal(Shape.of(2, 3));
    assertRefused(
        () -> Expand.alongAxes(x, Shape.of(2, 5, 4), Set.of(1)),
        "expand: [2,3] does not match [2,5,4] without the axes [1]");
    assertRefused(
        () -> Expand.alongAxes(x, Shape.of(2, 3, 4), Set.of()),
        "expand: [2,3] does not match [2,3,4] without the axes []");
    assertRefused(
        () -> Expand.alongAxes(x, Shape.of(2, 3), Set.of(2)),
        "expand: there is no axis 2 in [2,3]");
  }

  @Test
  void refusesToDropAnAxis() {
    Tensor x = device.normal(Shape.of(2, 3));
    assertRefused(
        () -> Expand.alongAxes(x, Shape.of(2), Set.of()),
        "expand: [2,3] does not match [2] without the axes []");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
