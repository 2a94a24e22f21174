package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.tensor.Gradients;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Sum;

class GradientClippingTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void aLongGradientIsShortenedToTheLimitKeepingItsDirection() {
    check(1, 0.2f);
  }

  @Test
  void aGradientWithinTheLimitStaysAsItIs() {
    check(5, 1);
    check(100, 1);
  }

  @Test
  void aGradientIsMeasuredWithoutAChange() {
    Tensor a = device.tensor(Shape.of(2), 1, 2);
    Tensor scale = device.tensor(Shape.of(2), 3e6f, -4e6f);
    Gradients gradients = Sum.sum(Binary.multiply(a, scale)).backward(List.of(a));
    assertEquals(5e6f, GradientClipping.norm(device.backend(), gradients, List.of(a)).item());
    assertArrayEquals(new float[] {3e6f, -4e6f}, gradients.of(a).toFloats());
  }

  @Test
  void aGradientOfZeroStaysZero() {
    Tensor p = device.tensor(Shape.of(2), 1, 2);
    Tensor unrelated = device.tensor(Shape.of(1), 1);
    Gradients gradients = Sum.sum(unrelated).backward(List.of(p));
    assertEquals(0, clip(1, gradients, List.of(p)).item());
    assertArrayEquals(new float[] {0, 0}, gradients.of(p).toFloats());
  }

  @Test
  void twoParametersWithTheSameGradientAreEachShortenedOnce() {
    Tensor a = device.tensor(Shape.of(2), 1, 2);
    Tensor b = device.tensor(Shape.of(2), 3, 4);
    Tensor upstream = device.tensor(Shape.of(2), 3, 4);
    Gradients gradients =
        Sum.sum(Binary.multiply(Binary.add(a, b), upstream)).backward(List.of(a, b));
    assertEquals(Math.sqrt(50), clip(1, gradients, List.of(a, b)).item(), 1e-5);
    float[] shortened = {3 / (float) Math.sqrt(50), 4 / (float) Math.sqrt(50)};
    assertArrayEquals(shortened, gradients.of(a).toFloats(), 1e-6f);
    assertArrayEquals(shortened, gradients.of(b).toFloats(), 1e-6f);
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, 0, Float.NaN})
  void aLimitThatIsNotOverZeroIsRefused(float limit) {
    Tensor p = device.tensor(Shape.of(2), 1, 2);
    Gradients gradients = Sum.sum(p).backward(List.of(p));
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> clip(limit, gradients, List.of(p)));
    assertEquals(
        "gradient clipping: the limit must be over 0 but is %s; norm measures alone"
            .formatted(limit),
        refusal.getMessage());
  }

  /** Gradients (3, 0) and (4), of norm 5 together. */
  private void check(float limit, float factor) {
    Tensor a = device.tensor(Shape.of(2), 1, 2);
    Tensor b = device.tensor(Shape.of(1), 7);
    Tensor loss =
        Binary.add(
            Sum.sum(Binary.multiply(a, device.tensor(Shape.of(2), 3, 0))),
            Sum.sum(Binary.multiply(b, device.tensor(Shape.of(1), 4))));
    Gradients gradients = loss.backward(List.of(a, b));
    assertEquals(5, clip(limit, gradients, List.of(a, b)).item(), 1e-6f);
    assertArrayEquals(new float[] {3 * factor, 0}, gradients.of(a).toFloats(), 1e-6f);
    assertArrayEquals(new float[] {4 * factor}, gradients.of(b).toFloats(), 1e-6f);
  }

  private Tensor clip(float limit, Gradients gradients, List<Tensor> parameters) {
    return GradientClipping.byNorm(device.backend(), limit, gradients, parameters);
  }
}
