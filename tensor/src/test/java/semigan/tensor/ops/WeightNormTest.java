package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class WeightNormTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void givesEachOutputTheLengthOfItsScaleWithItsGradient() {
    Tensor v = device.normal(Shape.of(3, 2, 4));
    Tensor scale = device.normal(Shape.of(3));
    HostArray direction = HostArray.of(v);
    HostArray length = HostArray.of(scale);
    HostArray.filled(
            v.shape(),
            at -> {
              double squares = 0;
              for (int i = 0; i < 8; i++) {
                squares += Math.pow(direction.at(at[0], i / 4, i % 4), 2);
              }
              return length.at(at[0]) * direction.at(at) / Math.sqrt(squares);
            })
        .assertMatches(WeightNorm.weightNorm(v, scale), 1e-12);
    GradientCheck.check(in -> WeightNorm.weightNorm(in.get(0), in.get(1)), v, scale);
  }

  @Test
  void namesBothShapesWhereAnOutputHasNoScale() {
    Tensor v = device.normal(Shape.of(3, 2));
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> WeightNorm.weightNorm(v, device.normal(Shape.of(2))));
    assertEquals(
        "weight_norm: the scale has shape [2] but the weight [3,2] has one output for each index of axis 0; give each a scale",
        refusal.getMessage());
  }
}
