package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.opentest4j.AssertionFailedError;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

/** The check must catch what it is there to catch. */
class GradientCheckTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void acceptsTheRightGradient() {
    checkTripling(dy -> Unary.linear(dy, 3, 0));
  }

  @Test
  void catchesAGradientThatIsSlightlyWrong() {
    assertCaught(dy -> Unary.linear(dy, 3.0001f, 0));
  }

  @Test
  void catchesAGradientThatIsRightForAnUpstreamOfOnesOnly() {
    assertCaught(dy -> Tensor.full(dy.device(), dy.type(), dy.shape(), 3));
  }

  private void assertCaught(UnaryOperator<Tensor> backward) {
    var failure = assertThrows(AssertionFailedError.class, () -> checkTripling(backward));
    assertTrue(failure.getMessage().startsWith("gradient of input 0 [2,3] at [0, 0]"));
  }

  private void checkTripling(UnaryOperator<Tensor> backward) {
    GradientCheck.check(
        in -> {
          Tensor x = in.get(0);
          return Unary.linear(x.detach(), 3, 0)
              .madeBy(
                  "triple",
                  List.of(x),
                  (dy, gradients) -> gradients.to(x, () -> backward.apply(dy)));
        },
        device.normal(Shape.of(2, 3)));
  }
}
