package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {
  private static final Shape IMAGES = Shape.of(64, 32, 28, 3);

  @Test
  void countsAxesFromEitherEnd() {
    assertEquals(4, IMAGES.rank());
    assertEquals(64, IMAGES.size(0));
    assertEquals(3, IMAGES.size(-1));
    assertEquals(64, IMAGES.size(-4));
    assertEquals(2, IMAGES.axis(-2));
  }

  @Test
  void multipliesItsSizes() {
    assertEquals(64L * 32 * 28 * 3, IMAGES.elements());
    assertEquals(1, Shape.of().elements());
    assertEquals(1L << 40, Shape.of(1 << 20, 1 << 20).elements());
    assertThrows(ArithmeticException.class, () -> Shape.of(1 << 30, 1 << 30, 1 << 30).elements());
  }

  @Test
  void knowsItsRowMajorStrides() {
    assertArrayEquals(new long[] {32 * 28 * 3, 28 * 3, 3, 1}, IMAGES.strides());
  }

  @Test
  void changesOnlyInNewShapes() {
    int[] sizes = {2, 3};
    Shape shape = Shape.of(sizes);
    sizes[0] = 9;
    assertEquals(Shape.of(2, 3), shape);
    assertEquals(Shape.of(2, 5), shape.with(-1, 5));
    assertEquals(Shape.of(1, 1, 2, 3), shape.padTo(4));
    assertEquals(Shape.of(List.of(2, 3)), shape);
    assertNotEquals(Shape.of(3, 2), shape);
  }

  @Test
  void readsAsItIsWritten() {
    assertEquals("[64,32,28,3]", IMAGES.toString());
    assertEquals("[]", Shape.of().toString());
  }

  @Test
  void refusesSizesAndAxesThatCannotBe() {
    var size = assertThrows(IllegalArgumentException.class, () -> Shape.of(2, 0));
    assertEquals("shape: sizes must be positive but are [2, 0]", size.getMessage());
    var axis = assertThrows(IllegalArgumentException.class, () -> IMAGES.size(4));
    assertEquals("shape: there is no axis 4 in [64,32,28,3]", axis.getMessage());
    assertThrows(IllegalArgumentException.class, () -> IMAGES.axis(-5));
    var padding = assertThrows(IllegalArgumentException.class, () -> IMAGES.padTo(3));
    assertEquals(
        "shape: [64,32,28,3] has 4 axes, more than the 3 to pad it to", padding.getMessage());
  }
}
