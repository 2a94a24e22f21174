package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class Conv2dTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Windows#cases")
  void isTheSumOverTheWindow(Windows.Case c) {
    Tensor x = image(c);
    Tensor w = filter(c);
    expected(c, HostArray.of(x), HostArray.of(w))
        .assertMatches(Conv2d.conv2d(x, w, c.window()), 1e-12);
  }

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Windows#cases")
  void hasTheGradient(Windows.Case c) {
    GradientCheck.check(in -> Conv2d.conv2d(in.get(0), in.get(1), c.window()), image(c), filter(c));
  }

  @Test
  void hasTheGradientOfAConvolutionWithItself() {
    GradientCheck.check(
        in -> Conv2d.conv2d(in.get(0), in.get(0), Window.of(1, 1)),
        device.normal(Shape.of(2, 3, 3, 2)));
  }

  @Test
  void namesBothChannelCounts() {
    Tensor x = device.normal(Shape.of(2, 5, 5, 3));
    Tensor w = device.normal(Shape.of(4, 2, 2, 1));
    assertRefused(
        x,
        w,
        Window.of(1, 0),
        "conv2d: input has 3 channels (axis 3 of [2,5,5,3]) but the filter expects 1 (axis 3 of [4,2,2,1])");
  }

  @Test
  void namesBothShapesWhenAnAxisIsMissing() {
    Tensor x = device.normal(Shape.of(2, 5, 5));
    Tensor w = device.normal(Shape.of(4, 2, 2, 1));
    assertRefused(
        x,
        w,
        Window.of(1, 0),
        "conv2d: input and filter must have four axes but have shapes [2,5,5] and [4,2,2,1]");
  }

  @Test
  void saysWhichAxisTheFilterDoesNotFit() {
    Tensor x = device.normal(Shape.of(1, 6, 3, 1));
    Tensor w = device.normal(Shape.of(1, 5, 5, 1));
    assertRefused(
        x,
        w,
        new Window(1, 1, 0, 1, 0, 0),
        "convolution: a kernel of width 5 does not fit an input of 3 padded by 1 and 0; use a smaller kernel or more padding");
  }

  private static void assertRefused(Tensor x, Tensor w, Window window, String message) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> Conv2d.conv2d(x, w, window));
    assertEquals(message, refusal.getMessage());
  }

  private Tensor image(Windows.Case c) {
    return device.normal(Shape.of(c.batch(), c.height(), c.width(), c.in()));
  }

  private Tensor filter(Windows.Case c) {
    return device.normal(Shape.of(c.out(), c.kh(), c.kw(), c.in()));
  }

  private static HostArray expected(Windows.Case c, HostArray x, HostArray w) {
    Window window = c.window();
    return HostArray.filled(
        Shape.of(c.batch(), c.outHeight(), c.outWidth(), c.out()),
        y -> {
          double sum = 0;
          for (int a = 0; a < c.kh(); a++) {
            for (int b = 0; b < c.kw(); b++) {
              int row = y[1] * window.strideHeight() + a - window.padTop();
              int column = y[2] * window.strideWidth() + b - window.padLeft();
              for (int channel = 0; channel < c.in(); channel++) {
                sum += x.atOrZero(y[0], row, column, channel) * w.at(y[3], a, b, channel);
              }
            }
          }
          return sum;
        });
  }

  @Test
  void aWindowThatStandsStillOrCutsIsRefused() {
    String still = assertThrows(IllegalArgumentException.class, () -> Window.of(0, 1)).getMessage();
    assertEquals("window: strides are 0 and 0, expected at least 1", still);
    String cut =
        assertThrows(IllegalArgumentException.class, () -> new Window(1, 1, 0, -2, 0, 0))
            .getMessage();
    assertTrue(cut.contains("paddings are 0, -2, 0 and 0"), cut);
  }
}
