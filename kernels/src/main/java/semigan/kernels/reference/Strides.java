package semigan.kernels.reference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Walking boxes of elements: an index into the box becomes a position in a buffer. */
final class Strides {
  private Strides() {}

  /** Of a row-major box that repeats along its axes of size 1. */
  static List<Long> repeating(List<Integer> sizes) {
    List<Long> strides = new ArrayList<>();
    long stride = 1;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      strides.add(sizes.get(axis) == 1 ? 0 : stride);
      stride *= sizes.get(axis);
    }
    Collections.reverse(strides);
    return strides;
  }

  /** Number of elements in a box. */
  static long length(List<Integer> sizes) {
    return sizes.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  /** Where the {@code index}-th element of a box, in row-major order, lies in the buffer. */
  static long position(long index, List<Integer> sizes, List<Long> strides) {
    long position = 0;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      position += index % sizes.get(axis) * strides.get(axis);
      index /= sizes.get(axis);
    }
    return position;
  }
}
