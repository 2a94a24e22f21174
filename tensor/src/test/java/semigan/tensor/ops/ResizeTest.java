package semigan.tensor.ops;

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

class ResizeTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  /** Larger, smaller, to one pixel and from one, by whole factors and others. */
  @ParameterizedTest
  @CsvSource({"3,4,6,8", "3,4,5,9", "7,5,3,2", "6,4,3,2", "1,1,3,2", "4,3,1,1", "3,5,7,2"})
  void looksAtPixelCentres(int height, int width, int newHeight, int newWidth) {
    Tensor x = device.normal(Shape.of(2, height, width, 3));
    HostArray values = HostArray.of(x);
    Shape output = Shape.of(2, newHeight, newWidth, 3);
    HostArray.filled(
            output,
            y ->
                values.at(
                    y[0], nearest(y[1], height, newHeight), nearest(y[2], width, newWidth), y[3]))
        .assertMatches(Resize.resizeNearest(x, newHeight, newWidth), 0);
    HostArray.filled(
            output,
            y ->
                bilinear(
                    values, y, position(y[1], height, newHeight), position(y[2], width, newWidth)))
        .assertMatches(Resize.resizeBilinear(x, newHeight, newWidth), 1e-6);
    GradientCheck.check(in -> Resize.resizeNearest(in.get(0), newHeight, newWidth), x);
    GradientCheck.check(in -> Resize.resizeBilinear(in.get(0), newHeight, newWidth), x);
  }

  @Test
  void changesNothingAtTheSameSize() {
    Tensor x = device.normal(Shape.of(1, 5, 4, 2));
    HostArray.of(x).assertMatches(Resize.resizeNearest(x, 5, 4), 0);
    HostArray.of(x).assertMatches(Resize.resizeBilinear(x, 5, 4), 0);
  }

  @Test
  void saysWhatDoesNotFit() {
    Tensor rows = device.normal(Shape.of(2, 3));
    assertRefused(
        () -> Resize.resizeNearest(rows, 2, 2),
        "resize: input must be [batch,height,width,channels] but has shape [2,3]");
    Tensor x = device.normal(Shape.of(1, 2, 2, 1));
    assertRefused(
        () -> Resize.resizeBilinear(x, 0, 2), "resize: output height must be positive but is 0");
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private static int nearest(int o, int in, int out) {
    return (int) Math.floor((o + 0.5) * in / out);
  }

  private static double position(int o, int in, int out) {
    return (o + 0.5) * in / out - 0.5;
  }

  /** The four pixels around a position, weighted by closeness; the border repeats outwards. */
  private static double bilinear(HostArray x, int[] y, double row, double column) {
    double sum = 0;
    for (int i = (int) Math.floor(row); i <= Math.floor(row) + 1; i++) {
      for (int j = (int) Math.floor(column); j <= Math.floor(column) + 1; j++) {
        double weight = (1 - Math.abs(row - i)) * (1 - Math.abs(column - j));
        int inRow = Math.min(Math.max(i, 0), x.shape().size(1) - 1);
        int inColumn = Math.min(Math.max(j, 0), x.shape().size(2) - 1);
        sum += weight * x.at(y[0], inRow, inColumn, y[3]);
      }
    }
    return sum;
  }
}
