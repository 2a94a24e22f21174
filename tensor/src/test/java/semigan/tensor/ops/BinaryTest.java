package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.DType;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class BinaryTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  record Case(String name, BinaryOperator<Tensor> function, DoubleBinaryOperator definition) {}

  private static final List<Case> FUNCTIONS =
      List.of(
          new Case("add", Binary::add, (a, b) -> a + b),
          new Case("subtract", Binary::subtract, (a, b) -> a - b),
          new Case("multiply", Binary::multiply, (a, b) -> a * b),
          new Case("divide", Binary::divide, (a, b) -> a / b));

  /** Every way in which two shapes broadcast, and what they broadcast to. */
  static Stream<Arguments> broadcasts() {
    return Stream.of(
        arguments(Shape.of(2, 3, 4), Shape.of(2, 3, 4), Shape.of(2, 3, 4)),
        arguments(Shape.of(2, 3, 4), Shape.of(), Shape.of(2, 3, 4)),
        arguments(Shape.of(), Shape.of(3, 2), Shape.of(3, 2)),
        arguments(Shape.of(), Shape.of(), Shape.of()),
        arguments(Shape.of(2, 3, 4), Shape.of(1), Shape.of(2, 3, 4)),
        arguments(Shape.of(2, 3, 3, 4), Shape.of(4), Shape.of(2, 3, 3, 4)),
        arguments(Shape.of(4), Shape.of(2, 4), Shape.of(2, 4)),
        arguments(Shape.of(3, 4), Shape.of(3, 1), Shape.of(3, 4)),
        arguments(Shape.of(1, 4), Shape.of(3, 4), Shape.of(3, 4)),
        arguments(Shape.of(3, 1), Shape.of(1, 4), Shape.of(3, 4)),
        arguments(Shape.of(3, 1), Shape.of(4), Shape.of(3, 4)),
        arguments(Shape.of(2, 1, 4), Shape.of(1, 3, 1), Shape.of(2, 3, 4)),
        arguments(Shape.of(2, 3, 4), Shape.of(2, 1, 4), Shape.of(2, 3, 4)),
        arguments(Shape.of(1, 1), Shape.of(1), Shape.of(1, 1)),
        arguments(Shape.of(3, 1, 1), Shape.of(1, 2), Shape.of(3, 1, 2)),
        arguments(Shape.of(2, 1, 1, 3), Shape.of(2, 3, 2, 3), Shape.of(2, 3, 2, 3)));
  }

  @ParameterizedTest
  @MethodSource("broadcasts")
  void repeatsOperandsAndSumsTheirGradients(Shape shapeA, Shape shapeB, Shape output) {
    Tensor a = device.normal(shapeA);
    Tensor b = device.uniform(shapeB, 0.5, 2);
    HostArray ha = HostArray.of(a);
    HostArray hb = HostArray.of(b);
    for (Case c : FUNCTIONS) {
      HostArray.filled(output, i -> c.definition().applyAsDouble(repeated(ha, i), repeated(hb, i)))
          .assertMatches(c.function().apply(a, b), 1e-12);
      GradientCheck.check(in -> c.function().apply(in.get(0), in.get(1)), a, b);
    }
  }

  @Test
  void hasTheGradientOfATensorWithItself() {
    for (Case c : FUNCTIONS) {
      Tensor x = device.uniform(Shape.of(2, 3), 0.5, 2);
      GradientCheck.check(in -> c.function().apply(in.get(0), in.get(0)), x);
    }
  }

  /** Whose square is 0 in F32, or infinite. */
  @ParameterizedTest
  @ValueSource(floats = {1e-30f, 1e30f})
  void aVerySmallOrLargeDivisorHasAGradient(float divisor) {
    try (Scope scope = Scope.open(device.backend())) {
      Tensor a = Tensor.full(device.backend(), DType.F32, Shape.of(1), divisor);
      Tensor b = Tensor.full(device.backend(), DType.F32, Shape.of(1), divisor);
      Tensor gradient = Binary.divide(a, b).backward(List.of(b)).of(b);
      assertEquals(-1 / divisor, gradient.item(), 1e-6f / divisor);
    }
  }

  @Test
  void namesTheOperationTheAxisAndBothShapes() {
    Tensor a = device.normal(Shape.of(2, 3, 4));
    Tensor b = device.normal(Shape.of(2, 4));
    var refusal = assertThrows(IllegalArgumentException.class, () -> Binary.multiply(a, b));
    assertEquals(
        "multiply: the first operand has size 3 (axis 1 of [2,3,4]) but the second has 2 (axis 0 of [2,4]); they must be equal, or one of them 1",
        refusal.getMessage());
  }

  private static double repeated(HostArray operand, int[] output) {
    int rank = operand.shape().rank();
    int[] index = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      int position = output[output.length - rank + axis];
      index[axis] = operand.shape().size(axis) == 1 ? 0 : position;
    }
    return operand.at(index);
  }
}
