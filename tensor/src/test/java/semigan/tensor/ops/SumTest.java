package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class SumTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Reductions#cases")
  void addsUpAlongAxesWithItsGradient(Shape shape, Set<Integer> axes) {
    Tensor x = device.normal(shape);
    Reductions.reduced(HostArray.of(x), axes, Double::sum).assertMatches(Sum.sum(x, axes), 1e-12);
    GradientCheck.check(in -> Sum.sum(in.get(0), axes), x);
  }

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Reductions#cases")
  void averagesAlongAxesWithItsGradient(Shape shape, Set<Integer> axes) {
    Tensor x = device.normal(shape);
    HostArray sum = Reductions.reduced(HostArray.of(x), axes, Double::sum);
    double count = (double) shape.elements() / sum.shape().elements();
    // 1 / count is applied in single precision
    HostArray.filled(sum.shape(), i -> sum.at(i) / count).assertMatches(Sum.mean(x, axes), 0x1p-23);
    GradientCheck.check(in -> Sum.mean(in.get(0), axes), x);
  }

  @Test
  void takesAllAxesWhereNoneAreNamed() {
    Tensor x = device.tensor(Shape.of(2, 2), 1, 2, 3, 6);
    assertEquals(12, Sum.sum(x).item());
    assertEquals(3, Sum.mean(x).item());
    assertEquals(Shape.of(), Sum.sum(x).shape());
  }

  @Test
  void namesTheAxisThatIsNotThere() {
    Tensor x = device.normal(Shape.of(2, 3));
    assertRefused(() -> Sum.sum(x, Set.of(2)), "sum: there is no axis 2 in [2,3]");
    assertRefused(() -> Sum.mean(x, Set.of(-3)), "mean: there is no axis -3 in [2,3]");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
