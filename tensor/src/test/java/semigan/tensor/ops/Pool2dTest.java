package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class Pool2dTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Windows#cases")
  void averagesWhatIsInsideTheImage(Windows.Case c) {
    Tensor x = device.normal(image(c));
    expected(c, HostArray.of(x), values -> values.average().orElseThrow())
        .assertMatches(Pool2d.averagePool2d(x, c.kh(), c.kw(), c.window()), 1e-12);
    GradientCheck.check(in -> Pool2d.averagePool2d(in.get(0), c.kh(), c.kw(), c.window()), x);
  }

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Windows#cases")
  void takesTheLargestInsideTheImage(Windows.Case c) {
    Tensor x = device.distinct(image(c));
    expected(c, HostArray.of(x), values -> values.max().orElseThrow())
        .assertMatches(Pool2d.maxPool2d(x, c.kh(), c.kw(), c.window()), 0);
    GradientCheck.check(in -> Pool2d.maxPool2d(in.get(0), c.kh(), c.kw(), c.window()), x);
  }

  @Test
  void sendsTheGradientToTheFirstOfEqualMaxima() {
    Tensor x = device.tensor(Shape.of(1, 2, 2, 1), 1, 4, 4, 4);
    Tensor loss = Sum.sum(Pool2d.maxPool2d(x, 2, 2, Window.of(2, 0)));
    assertArrayEquals(new double[] {0, 1, 0, 0}, loss.backward(List.of(x)).of(x).toDoubles());
  }

  @Test
  void saysWhatDoesNotFit() {
    Tensor rows = device.normal(Shape.of(2, 3));
    assertRefused(
        () -> Pool2d.maxPool2d(rows, 2, 2, Window.of(2, 0)),
        "max_pool2d: input must be [batch,height,width,channels] but has shape [2,3]");
    Tensor x = device.normal(Shape.of(1, 3, 8, 1));
    assertRefused(
        () -> Pool2d.averagePool2d(x, 4, 4, Window.of(2, 0)),
        "pooling: a kernel of height 4 does not fit an input of 3 padded by 0 and 0; use a smaller kernel or more padding");
    assertRefused(
        () -> Pool2d.averagePool2d(x, 2, 2, new Window(1, 1, 0, 2, 0, 0)),
        "pooling: padding along the width (2 and 0) must be smaller than the kernel (2), or a window holds no element");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private static Shape image(Windows.Case c) {
    return Shape.of(c.batch(), c.height(), c.width(), c.in());
  }

  private static HostArray expected(
      Windows.Case c, HostArray x, ToDoubleFunction<DoubleStream> join) {
    Window window = c.window();
    return HostArray.filled(
        Shape.of(c.batch(), c.outHeight(), c.outWidth(), c.in()),
        y -> {
          var inside = DoubleStream.builder();
          for (int a = 0; a < c.kh(); a++) {
            for (int b = 0; b < c.kw(); b++) {
              int row = y[1] * window.strideHeight() + a - window.padTop();
              int column = y[2] * window.strideWidth() + b - window.padLeft();
              if (row >= 0 && row < c.height() && column >= 0 && column < c.width()) {
                inside.add(x.at(y[0], row, column, y[3]));
              }
            }
          }
          return join.applyAsDouble(inside.build());
        });
  }
}
