package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class MaxTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Reductions#cases")
  void takesTheLargestAlongAxesWithItsGradient(Shape shape, Set<Integer> axes) {
    Tensor x = device.distinct(shape);
    Reductions.reduced(HostArray.of(x), axes, Math::max).assertMatches(Max.max(x, axes), 0);
    GradientCheck.check(in -> Max.max(in.get(0), axes), x);
  }

  @Test
  void sharesTheGradientBetweenEqualMaxima() {
    Tensor x = device.tensor(Shape.of(2, 3), 5, 1, 5, -7, -7, -7);
    Tensor weights = device.tensor(Shape.of(2), 3, 6);
    Tensor loss = Sum.sum(Binary.multiply(Max.max(x, Set.of(1)), weights));
    assertArrayEquals(
        new double[] {1.5, 0, 1.5, 2, 2, 2}, loss.backward(List.of(x)).of(x).toDoubles(), 1e-12);
  }

  @Test
  void takesAllAxesWhereNoneAreNamed() {
    assertEquals(-1, Max.max(device.tensor(Shape.of(2, 2), -4, -1, -3, -2)).item());
  }

  @Test
  void namesTheAxisThatIsNotThere() {
    Tensor x = device.normal(Shape.of(2, 3));
    assertRefused(() -> Max.max(x, Set.of(2)), "max: there is no axis 2 in [2,3]");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
