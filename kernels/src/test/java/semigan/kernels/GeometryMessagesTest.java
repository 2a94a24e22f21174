package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A geometry record refuses what no backend could do, and says what and why. */
class GeometryMessagesTest {
  @Test
  void convolution() {
    refused(
        "convolution: batch must be positive but is 0",
        () -> new Conv2dGeometry(0, 8, 8, 3, 4, 3, 3, 1, 1, 1, 1, 1, 1));
    refused(
        "convolution: output channels must be positive but is -1",
        () -> new Conv2dGeometry(1, 8, 8, 3, -1, 3, 3, 1, 1, 1, 1, 1, 1));
    refused(
        "convolution: stride along the width must be positive but is 0",
        () -> new Conv2dGeometry(1, 8, 8, 3, 4, 3, 3, 1, 0, 1, 1, 1, 1));
    refused(
        "convolution: padding along the height must not be negative but is 1 and -1",
        () -> new Conv2dGeometry(1, 8, 8, 3, 4, 3, 3, 1, 1, 1, 1, -1, 1));
    refused(
        "convolution: a kernel of height 5 does not fit an input of 2 padded by 1 and 1; use a"
            + " smaller kernel or more padding",
        () -> new Conv2dGeometry(1, 2, 8, 3, 4, 5, 3, 1, 1, 1, 1, 1, 1));
  }

  @Test
  void convolutionSizesRoundDown() {
    var g = new Conv2dGeometry(2, 11, 9, 4, 3, 2, 3, 3, 2, 0, 1, 0, 2);
    assertEquals(4, g.outHeight());
    assertEquals(5, g.outWidth());
    assertEquals(2 * 11 * 9 * 4, g.inputLength());
    assertEquals(3 * 2 * 3 * 4, g.filterLength());
    assertEquals(2 * 4 * 5 * 3, g.outputLength());
  }

  @Test
  void lengthsDoNotOverflow() {
    var g = new Conv2dGeometry(4096, 1024, 1024, 64, 64, 1, 1, 1, 1, 0, 0, 0, 0);
    assertEquals(1L << 38, g.inputLength());
  }

  @Test
  void pooling() {
    refused(
        "pooling: padding along the width (2 and 0) must be smaller than the kernel (2), or a"
            + " window holds no element",
        () -> new Pool2dGeometry(1, 8, 8, 3, 2, 2, 2, 2, 0, 2, 0, 0));
    refused(
        "pooling: a kernel of width 9 does not fit an input of 8 padded by 0 and 0; use a smaller"
            + " kernel or more padding",
        () -> new Pool2dGeometry(1, 8, 8, 3, 9, 9, 1, 1, 1, 0, 0, 0));
  }

  @Test
  void matrixProduct() {
    refused(
        "matrix product: inner size must be positive but is 0",
        () -> new MatmulGeometry(1, 1, 0, false, false));
  }

  @Test
  void augmentation() {
    refused(
        "augmentation: the contrast must not be negative but is -1.0; 0 leaves it out",
        () -> new AugmentGeometry(1, 2, 2, 1, 1, 1, -1, 0, 0, 0, 0));
    refused(
        "augmentation: the brightness must not be negative but is NaN; 0 leaves it out",
        () -> new AugmentGeometry(1, 2, 2, 1, Float.NaN, 1, 1, 0, 0, 0, 0));
  }

  @Test
  void resize() {
    refused(
        "resize: output width must be positive but is 0",
        () -> new ResizeGeometry(1, 2, 2, 1, 2, 0));
  }

  @Test
  void broadcast() {
    refused(
        "broadcast: ranks differ: [3] and [2, 3]; give the shorter one leading sizes of 1",
        () -> new BroadcastGeometry(List.of(3), List.of(2, 3)));
    refused(
        "broadcast: axis 1 is 3 in [2, 3] but 4 in [2, 4]; sizes must be equal, or one of them 1",
        () -> new BroadcastGeometry(List.of(2, 3), List.of(2, 4)));
    refused(
        "broadcast: axis 0 must be positive but is 0",
        () -> new BroadcastGeometry(List.of(0), List.of(1)));
  }

  @Test
  void reduction() {
    refused(
        "reduction: there is no axis 2 in [4, 5]",
        () -> new ReduceGeometry(List.of(4, 5), Set.of(0, 2)));
    refused(
        "reduction: extent must be positive but is 0",
        () -> new ReduceGeometry(List.of(4, 0), Set.of(0)));
  }

  @Test
  void copy() {
    refused(
        "copy: sizes [2, 3], source strides [3, 1] and target strides [1] must have one entry for"
            + " each axis",
        () -> new StridedCopy(List.of(2, 3), 0, List.of(3L, 1L), 0, List.of(1L)));
  }

  private static void refused(String message, Executable construction) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, construction).getMessage());
  }
}
