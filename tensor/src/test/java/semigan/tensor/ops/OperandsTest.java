package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class OperandsTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void mustBeOfOneType() {
    Tensor doubles = device.normal(Shape.of(2, 2));
    Tensor labels = device.labels(0, 1);
    assertRefused(
        () -> Binary.add(doubles, labels),
        "add: the operands [2,2] and [2] are of two types, F64 and I32; make both of one");
    Tensor floats = Tensor.of(device.backend(), Shape.of(2, 2), 1f, 2f, 3f, 4f);
    assertRefused(
        () -> MatMul.matmul(floats, doubles),
        "matmul: the operands [2,2] and [2,2] are of two types, F32 and F64; make both of one");
    assertRefused(
        () -> Concatenate.concatenate(0, List.of(doubles, floats)),
        "concatenate: the operands [2,2] and [2,2] are of two types, F64 and F32; make both of one");
    Tensor image = Reshape.reshape(doubles, Shape.of(1, 2, 2, 1));
    Tensor filter = Reshape.reshape(floats, Shape.of(1, 2, 2, 1));
    assertRefused(
        () -> Conv2d.conv2d(image, filter, Window.of(1, 0)),
        "conv2d: the operands [1,2,2,1] and [1,2,2,1] are of two types, F64 and F32; make both of one");
  }

  @Test
  void mustBeOnOneDevice() {
    Tensor here = device.normal(Shape.of(3));
    try (Backend other = Backends.open("reference");
        Scope scope = Scope.open(other)) {
      Tensor there = Tensor.of(other, Shape.of(3), 1.0, 2.0, 3.0);
      assertRefused(
          () -> Binary.multiply(here, there),
          "multiply: the operands [3] and [3] are on two devices, reference and reference; make both on one");
    }
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
