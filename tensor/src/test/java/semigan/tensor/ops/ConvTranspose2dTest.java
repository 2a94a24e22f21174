package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

/** Here a case's height and width are those of the large image, which the operation makes. */
class ConvTranspose2dTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Windows#cases")
  void isTheSumOfTheFiltersThatReachAPixel(Windows.Case c) {
    Tensor x = image(c);
    Tensor w = filter(c);
    Tensor y = ConvTranspose2d.convTranspose2d(x, w, c.window(), c.height(), c.width());
    expected(c, HostArray.of(x), HostArray.of(w)).assertMatches(y, 1e-12);
  }

  @ParameterizedTest
  @MethodSource("semigan.tensor.ops.Windows#cases")
  void hasTheGradient(Windows.Case c) {
    GradientCheck.check(
        in ->
            ConvTranspose2d.convTranspose2d(
                in.get(0), in.get(1), c.window(), c.height(), c.width()),
        image(c),
        filter(c));
  }

  @Test
  void makesTheSmallestOutputUnlessToldAnother() {
    Tensor x = device.normal(Shape.of(2, 4, 3, 5));
    Tensor w = device.normal(Shape.of(5, 4, 3, 6));
    var window = new Window(2, 3, 1, 0, 0, 1);
    Tensor y = ConvTranspose2d.convTranspose2d(x, w, window);
    assertEquals(Shape.of(2, 9, 8, 6), y.shape());
    assertEquals(
        Shape.of(2, 10, 10, 6),
        ConvTranspose2d.convTranspose2d(x, w, window, 10, 10).shape(),
        "the largest that the same input comes from");
  }

  @Test
  void doublesTheSizeByAKernelOfFourAndAStrideOfTwo() {
    Tensor x = device.normal(Shape.of(1, 4, 4, 2));
    Tensor w = device.normal(Shape.of(2, 4, 4, 3));
    Tensor y = ConvTranspose2d.convTranspose2d(x, w, Window.of(2, 1));
    assertEquals(Shape.of(1, 8, 8, 3), y.shape());
  }

  @Test
  void namesBothChannelCounts() {
    Tensor x = device.normal(Shape.of(2, 5, 5, 3));
    Tensor w = device.normal(Shape.of(4, 2, 2, 3));
    assertRefused(
        () -> ConvTranspose2d.convTranspose2d(x, w, Window.of(1, 0)),
        "conv_transpose2d: input has 3 channels (axis 3 of [2,5,5,3]) but the filter expects 4 (axis 0 of [4,2,2,3])");
  }

  @Test
  void refusesAnOutputThatNoSuchInputComesFrom() {
    Tensor x = device.normal(Shape.of(2, 5, 5, 3));
    Tensor w = device.normal(Shape.of(3, 4, 4, 1));
    assertRefused(
        () -> ConvTranspose2d.convTranspose2d(x, w, Window.of(2, 1), 10, 12),
        "conv_transpose2d: an output of 10x12 would come from an input of 5x6, but it is 5x5 (axes 1 and 2 of [2,5,5,3])");
  }

  @Test
  void refusesPaddingThatLeavesNothing() {
    Tensor x = device.normal(Shape.of(2, 1, 1, 3));
    Tensor w = device.normal(Shape.of(3, 4, 2, 1));
    assertRefused(
        () -> ConvTranspose2d.convTranspose2d(x, w, Window.of(2, 1)),
        "conv_transpose2d: an output of 2x0 is empty, from input [2,1,1,3] and filter [3,4,2,1]; use less padding or a larger kernel");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private Tensor image(Windows.Case c) {
    return device.normal(Shape.of(c.batch(), c.outHeight(), c.outWidth(), c.in()));
  }

  private Tensor filter(Windows.Case c) {
    return device.normal(Shape.of(c.in(), c.kh(), c.kw(), c.out()));
  }

  /** Input pixel (i, j) adds its filter to the output from (i stride - pad, j stride - pad). */
  private static HostArray expected(Windows.Case c, HostArray x, HostArray w) {
    Window window = c.window();
    return HostArray.filled(
        Shape.of(c.batch(), c.height(), c.width(), c.out()),
        y -> {
          double sum = 0;
          for (int i = 0; i < c.outHeight(); i++) {
            for (int j = 0; j < c.outWidth(); j++) {
              int a = y[1] - i * window.strideHeight() + window.padTop();
              int b = y[2] - j * window.strideWidth() + window.padLeft();
              for (int channel = 0; channel < c.in(); channel++) {
                sum += x.at(y[0], i, j, channel) * w.atOrZero(channel, a, b, y[3]);
              }
            }
          }
          return sum;
        });
  }
}
