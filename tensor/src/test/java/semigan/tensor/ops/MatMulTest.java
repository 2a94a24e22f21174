package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class MatMulTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void isTheProductOfRowsAndColumnsWithItsGradient(boolean transposeA, boolean transposeB) {
    for (int round = 0; round < 4; round++) {
      int rows = 1 + device.random().nextInt(6);
      int columns = 1 + device.random().nextInt(6);
      int inner = 1 + device.random().nextInt(6);
      Tensor a = device.normal(transposeA ? Shape.of(inner, rows) : Shape.of(rows, inner));
      Tensor b = device.normal(transposeB ? Shape.of(columns, inner) : Shape.of(inner, columns));
      HostArray ha = HostArray.of(a);
      HostArray hb = HostArray.of(b);
      HostArray.filled(
              Shape.of(rows, columns),
              c -> {
                double sum = 0;
                for (int k = 0; k < inner; k++) {
                  double left = transposeA ? ha.at(k, c[0]) : ha.at(c[0], k);
                  double right = transposeB ? hb.at(c[1], k) : hb.at(k, c[1]);
                  sum += left * right;
                }
                return sum;
              })
          .assertMatches(MatMul.matmul(a, transposeA, b, transposeB), 1e-12);
      GradientCheck.check(in -> MatMul.matmul(in.get(0), transposeA, in.get(1), transposeB), a, b);
    }
  }

  @Test
  void hasTheGradientOfAMatrixTimesItsTransposed() {
    GradientCheck.check(
        in -> MatMul.matmul(in.get(0), false, in.get(0), true), device.normal(Shape.of(3, 4)));
  }

  @ParameterizedTest
  @ValueSource(floats = {1, 0.2f, 0})
  void affineIsProductBiasAndActivationWithTheirGradients(float slope) {
    Tensor x = device.normal(Shape.of(4, 5));
    Tensor w = device.normal(Shape.of(3, 5));
    Tensor bias = device.normal(Shape.of(3));
    Tensor z = Binary.add(MatMul.matmul(x, false, w, true), bias);
    HostArray.of(Unary.leakyRelu(z, slope)).assertMatches(MatMul.affine(x, w, bias, slope), 1e-12);
    GradientCheck.check(in -> MatMul.affine(in.get(0), in.get(1), in.get(2), slope), x, w, bias);
  }

  @Test
  void affineRefusesAnotherNumberOfBiasesAndASlopeThatIsNone() {
    Tensor x = device.normal(Shape.of(4, 5));
    Tensor w = device.normal(Shape.of(3, 5));
    var biases =
        assertThrows(
            IllegalArgumentException.class,
            () -> MatMul.affine(x, w, device.normal(Shape.of(5)), 0));
    assertEquals(
        "affine: the bias has shape [5] but the weight [3,5] has 3 outputs (axis 0); give each a bias",
        biases.getMessage());
    for (float slope : new float[] {-0.1f, Float.POSITIVE_INFINITY, Float.NaN}) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> MatMul.affine(x, w, device.normal(Shape.of(3)), slope));
      assertTrue(refusal.getMessage().contains("the slope is " + slope), refusal.getMessage());
    }
  }

  @Test
  void namesBothInnerSizes() {
    Tensor a = device.normal(Shape.of(2, 3));
    Tensor b = device.normal(Shape.of(4, 5));
    assertRefused(
        a,
        false,
        b,
        false,
        "matmul: the first operand has inner size 3 (axis 1 of [2,3]) but the second has 4 (axis 0 of [4,5])");
    assertRefused(
        a,
        true,
        b,
        true,
        "matmul: the first operand has inner size 2 (axis 0 of [2,3]) but the second has 5 (axis 1 of [4,5])");
  }

  @Test
  void refusesWhatIsNoMatrix() {
    assertRefused(
        device.normal(Shape.of(2, 3)),
        false,
        device.normal(Shape.of(3, 1, 1)),
        false,
        "matmul: the second operand must be a matrix but has shape [3,1,1]; reshape it first");
  }

  private static void assertRefused(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, String message) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> MatMul.matmul(a, transposeA, b, transposeB));
    assertEquals(message, refusal.getMessage());
  }
}
