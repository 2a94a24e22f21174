package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class UnaryTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  /** A function, its definition, and where it is smooth. */
  record Case(
      String name,
      UnaryOperator<Tensor> function,
      DoubleUnaryOperator definition,
      double low,
      double high) {
    @Override
    public String toString() {
      return "%s in [%s, %s)".formatted(name, low, high);
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("relu", Unary::relu, x -> Math.max(x, 0), 0.01, 3),
        new Case("relu", Unary::relu, x -> Math.max(x, 0), -3, -0.01),
        new Case("leaky_relu", x -> Unary.leakyRelu(x, 0.25f), x -> x, 0.01, 3),
        new Case("leaky_relu", x -> Unary.leakyRelu(x, 0.25f), x -> 0.25 * x, -3, -0.01),
        new Case("tanh", Unary::tanh, Math::tanh, -3, 3),
        new Case("sigmoid", Unary::sigmoid, x -> 1 / (1 + Math.exp(-x)), -5, 5),
        new Case("softplus", Unary::softplus, x -> Math.log(1 + Math.exp(x)), -5, 5),
        new Case("exp", Unary::exp, Math::exp, -3, 3),
        new Case("log", Unary::log, Math::log, 0.3, 5),
        new Case("sqrt", Unary::sqrt, Math::sqrt, 0.3, 5),
        new Case("square", Unary::square, x -> x * x, -3, 3),
        new Case("abs", Unary::abs, Math::abs, 0.01, 3),
        new Case("abs", Unary::abs, Math::abs, -3, -0.01),
        new Case("linear", x -> Unary.linear(x, -2.5f, 0.75f), x -> -2.5 * x + 0.75, -3, 3));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void followsItsDefinitionAndHasItsGradient(Case c) {
    Tensor x = device.uniform(Shape.of(3, 1, 7), c.low(), c.high());
    HostArray values = HostArray.of(x);
    HostArray.filled(x.shape(), i -> c.definition().applyAsDouble(values.at(i)))
        .assertMatches(c.function().apply(x), 1e-12);
    GradientCheck.check(in -> c.function().apply(in.get(0)), x);
  }

  @Test
  void doesNotOverflowWhereTheResultIsOrdinary() {
    Tensor x = device.tensor(Shape.of(2), -1e4, 1e4);
    assertArrayEquals(new double[] {0, 1}, Unary.sigmoid(x).toDoubles());
    assertArrayEquals(new double[] {0, 1e4}, Unary.softplus(x).toDoubles());
    assertArrayEquals(new double[] {0, 1}, gradient(Unary::softplus, x));
    assertArrayEquals(new double[] {0, 0}, gradient(Unary::sigmoid, x));
    assertArrayEquals(new double[] {0, 0}, gradient(Unary::tanh, x));
  }

  @Test
  void hasTheDocumentedSlopeWhereItHasACorner() {
    Tensor x = device.tensor(Shape.of(1), 0);
    assertArrayEquals(new double[] {0}, gradient(Unary::relu, x));
    assertArrayEquals(new double[] {0.25}, gradient(v -> Unary.leakyRelu(v, 0.25f), x));
    assertArrayEquals(new double[] {0}, gradient(Unary::abs, x));
  }

  @Test
  void refusesASlopeThatIsNoNumber() {
    Tensor x = device.tensor(Shape.of(1), 0);
    var refusal = assertThrows(IllegalArgumentException.class, () -> Unary.leakyRelu(x, Float.NaN));
    assertEquals("leaky_relu: the slope must be finite but is NaN", refusal.getMessage());
  }

  @Test
  void appliesToAScalar() {
    Tensor x = device.tensor(Shape.of(), 3);
    assertEquals(9, Unary.square(x).item());
    GradientCheck.check(in -> Unary.square(in.get(0)), x);
  }

  private static double[] gradient(UnaryOperator<Tensor> function, Tensor x) {
    return Sum.sum(function.apply(x)).backward(List.of(x)).of(x).toDoubles();
  }
}
