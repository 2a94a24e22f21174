package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class GatherTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void picksOneElementOfEachRowWithItsGradient() {
    Tensor x = device.normal(Shape.of(4, 3));
    int[] picked = {2, 0, 1, 2};
    Tensor labels = device.labels(picked);
    HostArray values = HostArray.of(x);
    HostArray.filled(Shape.of(4), y -> values.at(y[0], picked[y[0]]))
        .assertMatches(Gather.gather(x, labels), 0);
    GradientCheck.check(in -> Gather.gather(in.get(0), labels), x);
  }

  @Test
  void namesBothShapesAndTheLabelsType() {
    Tensor x = device.normal(Shape.of(4, 3));
    assertRefused(
        () -> Gather.gather(x, device.labels(1, 2)),
        "gather: expected [rows,columns] and I32 labels of [rows] but got [4,3] and I32 of [2]");
    Tensor fractions = device.normal(Shape.of(4));
    assertRefused(
        () -> Gather.gather(x, fractions),
        "gather: expected [rows,columns] and I32 labels of [rows] but got [4,3] and F64 of [4]");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
