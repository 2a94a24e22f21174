package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class SoftmaxTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @CsvSource({"1,1", "1,10", "5,3", "4,1"})
  void followsItsDefinitionRowByRow(int rows, int classes) {
    Tensor x = device.normal(Shape.of(rows, classes));
    HostArray values = HostArray.of(x);
    double[] sums = new double[rows];
    for (int i = 0; i < values.values().length; i++) {
      sums[i / classes] += Math.exp(values.values()[i]);
    }
    HostArray.filled(x.shape(), i -> Math.exp(values.at(i)) / sums[i[0]])
        .assertMatches(Softmax.softmax(x), 1e-12);
    HostArray.filled(Shape.of(rows), i -> Math.log(sums[i[0]]))
        .assertMatches(Softmax.logSumExp(x), 1e-12);
    GradientCheck.check(in -> Softmax.softmax(in.get(0)), x);
    GradientCheck.check(in -> Softmax.logSumExp(in.get(0)), x);
  }

  @Test
  void doesNotOverflow() {
    Tensor x = device.tensor(Shape.of(3, 2), 1e4, 0, -1e4, -1e4, 1e4, 1e4);
    assertArrayEquals(
        new double[] {1, 0, 0.5, 0.5, 0.5, 0.5}, Softmax.softmax(x).toDoubles(), 1e-11);
    double half = Math.log(2);
    assertArrayEquals(
        new double[] {1e4, -1e4 + half, 1e4 + half}, Softmax.logSumExp(x).toDoubles(), 1e-9);
  }

  @Test
  void wantsRows() {
    Tensor x = device.normal(Shape.of(2, 3, 4));
    assertRefused(
        () -> Softmax.softmax(x), "softmax: input must be [rows,classes] but has shape [2,3,4]");
    assertRefused(
        () -> Softmax.logSumExp(x),
        "log_sum_exp: input must be [rows,classes] but has shape [2,3,4]");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
