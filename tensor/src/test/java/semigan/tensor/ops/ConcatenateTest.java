package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class ConcatenateTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, -1})
  void joinsInOrderWithItsGradients(int axis) {
    Shape shape = Shape.of(2, 3, 4);
    int at = shape.axis(axis);
    Tensor a = device.normal(shape.with(at, 1));
    Tensor b = device.normal(shape.with(at, 3));
    Tensor c = device.normal(shape.with(at, 2));
    List<HostArray> parts = List.of(HostArray.of(a), HostArray.of(b), HostArray.of(c));
    HostArray.filled(
            shape.with(at, 6),
            y -> {
              int part = 0;
              while (y[at] >= parts.get(part).shape().size(at)) {
                y[at] -= parts.get(part++).shape().size(at);
              }
              return parts.get(part).at(y);
            })
        .assertMatches(Concatenate.concatenate(axis, List.of(a, b, c)), 0);
    GradientCheck.check(in -> Concatenate.concatenate(axis, in), a, b, c);
  }

  @Test
  void addsTheGradientsOfATensorThatIsJoinedWithItself() {
    GradientCheck.check(
        in -> Concatenate.concatenate(0, List.of(in.get(0), in.get(0))),
        device.normal(Shape.of(2, 3)));
  }

  @Test
  void keepsWhatItWasGivenWhenTheListChangesLater() {
    Tensor x = device.normal(Shape.of(2));
    List<Tensor> parts = new ArrayList<>(List.of(x));
    Tensor loss = Sum.sum(Concatenate.concatenate(0, parts));
    parts.clear();
    assertArrayEquals(new double[] {1, 1}, loss.backward(List.of(x)).of(x).toDoubles());
  }

  @Test
  void namesTheAxisAndBothShapes() {
    Tensor a = device.normal(Shape.of(2, 3));
    Tensor b = device.normal(Shape.of(3, 3));
    assertRefused(
        () -> Concatenate.concatenate(1, List.of(a, b)),
        "concatenate: [2,3] and [3,3] differ outside axis 1");
    assertRefused(
        () -> Concatenate.concatenate(2, List.of(a, b)),
        "concatenate: there is no axis 2 in [2,3]");
    assertRefused(
        () -> Concatenate.concatenate(0, List.of()), "concatenate: there is nothing to join");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
