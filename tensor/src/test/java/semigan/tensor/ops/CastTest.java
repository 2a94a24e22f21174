package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.kernels.DType;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class CastTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void roundsToTheNearestAndTiesToEven() {
    Tensor x = device.tensor(Shape.of(4), 1 + 0x1p-8, 1 + 3 * 0x1p-8, 1 + 0x1.8p-8, -0x1p-130);
    Tensor y = Cast.cast(x, DType.BF16);
    assertEquals(DType.BF16, y.type());
    assertArrayEquals(
        new double[] {1, 1 + 0x1p-6, 1 + 0x1p-7, -0x1p-130}, y.toDoubles(), "in BF16");
  }

  @Test
  void sendsTheGradientBackInTheInputsType() {
    Tensor x = device.tensor(Shape.of(3), 1, 2, 3);
    Tensor weights = Cast.cast(device.tensor(Shape.of(3), 5, -7, 0.5), DType.F32);
    Tensor loss = Sum.sum(Binary.multiply(Cast.cast(x, DType.F32), weights));
    Tensor gradient = loss.backward(List.of(x)).of(x);
    assertEquals(DType.F64, gradient.type());
    assertArrayEquals(new double[] {5, -7, 0.5}, gradient.toDoubles());
  }

  @Test
  void givesTheCopyThatIsKeptAndUpToDate() {
    Tensor x = device.tensor(Shape.of(2), 1, 2);
    x.keepRounded();
    assertEquals(1, Cast.cast(x, DType.BF16).toDoubles()[0]);
    x.assign(device.tensor(Shape.of(2), 3 + 0x1p-8, -4));
    Tensor y = Cast.cast(x, DType.BF16);
    assertSame(x.rounded().orElseThrow().buffer(), y.buffer());
    assertArrayEquals(new double[] {3, -4}, y.toDoubles());
    x.assign(new float[] {5, 6});
    assertArrayEquals(new double[] {5, 6}, Cast.cast(x, DType.BF16).toDoubles());
    Tensor loss = Sum.sum(Cast.cast(Unary.square(y), DType.F32));
    assertArrayEquals(new double[] {10, 12}, loss.backward(List.of(x)).of(x).toDoubles());
  }

  @Test
  void givesTheKeptCopyOfAViewToo() {
    Tensor x = device.tensor(Shape.of(2), 1, 2);
    x.keepRounded();
    Tensor column = Reshape.reshape(x, Shape.of(2, 1)).detach();
    Tensor y = Cast.cast(column, DType.BF16);
    assertSame(x.rounded().orElseThrow().buffer(), y.buffer());
    assertEquals(Shape.of(2, 1), y.shape());
    column.assign(new float[] {3, 4});
    assertArrayEquals(new double[] {3, 4}, Cast.cast(x, DType.BF16).toDoubles());
  }

  @Test
  void leavesATensorOfTheTypeAsItIs() {
    Tensor x = device.normal(Shape.of(2, 3));
    assertSame(x, Cast.cast(x, DType.F64));
  }

  @Test
  void refusesLabels() {
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> Cast.cast(device.labels(1, 2), DType.F32));
    assertTrue(error.getMessage().contains("I32"), error.getMessage());
  }
}
