package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class ReshapeTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void keepsTheElementsInOrderAndTakesNoMemory() {
    Tensor x = device.normal(Shape.of(2, 3, 4));
    long live = device.backend().memory().live();
    Tensor y = Reshape.reshape(x, Shape.of(4, 6));
    assertEquals(Shape.of(4, 6), y.shape());
    assertArrayEquals(x.toDoubles(), y.toDoubles());
    assertEquals(live, device.backend().memory().live());
  }

  @Test
  void hasItsGradient() {
    Tensor x = device.normal(Shape.of(2, 6));
    GradientCheck.check(in -> Reshape.reshape(in.get(0), Shape.of(3, 1, 4)), x);
    GradientCheck.check(in -> Unary.square(Reshape.reshape(in.get(0), Shape.of(12))), x);
  }

  @Test
  void flattensAllButTheBatch() {
    assertEquals(Shape.of(2, 12), Reshape.flatten(device.normal(Shape.of(2, 3, 4))).shape());
    assertEquals(Shape.of(5, 1), Reshape.flatten(device.normal(Shape.of(5))).shape());
  }

  @Test
  void makesAScalarOfOneElementAndBack() {
    Tensor x = device.tensor(Shape.of(1, 1), 7);
    Tensor scalar = Reshape.reshape(x, Shape.of());
    assertEquals(7, scalar.item());
    assertEquals(x.shape(), Reshape.reshape(scalar, x.shape()).shape());
  }

  @Test
  void namesBothShapes() {
    Tensor x = device.normal(Shape.of(2, 3));
    assertRefused(
        () -> Reshape.reshape(x, Shape.of(4, 2)),
        "reshape: [2,3] holds 6 elements but [4,2] holds 8");
    Tensor scalar = device.tensor(Shape.of(), 7);
    assertRefused(() -> Reshape.flatten(scalar), "flatten: there is no axis 0 in []");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
