package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Numbers on the host that are reached by index, for definitions written as they stand in a
 * textbook.
 */
record HostArray(Shape shape, double[] values) {
  static HostArray of(Tensor tensor) {
    return new HostArray(tensor.shape(), tensor.toDoubles());
  }

  /** Each element computed from its index. */
  static HostArray filled(Shape shape, ToDoubleFunction<int[]> element) {
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = element.applyAsDouble(indexOf(shape, i));
    }
    return new HostArray(shape, values);
  }

  /** The index of the element that is {@code position}-th in row-major order. */
  static int[] indexOf(Shape shape, int position) {
    int[] index = new int[shape.rank()];
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      index[axis] = position % shape.size(axis);
      position /= shape.size(axis);
    }
    return index;
  }

  double at(int... index) {
    int position = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      position = position * shape.size(axis) + index[axis];
    }
    return values[position];
  }

  /** As {@link #at}, and 0 outside an NHWC image. */
  double atOrZero(int n, int row, int column, int channel) {
    boolean inside = row >= 0 && row < shape.size(1) && column >= 0 && column < shape.size(2);
    return inside ? at(n, row, column, channel) : 0;
  }

  /** Every element within {@code tolerance}, relative to those over 1. */
  void assertMatches(Tensor actual, double tolerance) {
    assertEquals(shape, actual.shape(), "shape");
    double[] found = actual.toDoubles();
    for (int i = 0; i < values.length; i++) {
      double allowed = tolerance * Math.max(1, Math.abs(values[i]));
      assertEquals(
          values[i],
          found[i],
          allowed,
          () -> "somewhere in " + Arrays.toString(found) + " of " + shape);
    }
  }
}
