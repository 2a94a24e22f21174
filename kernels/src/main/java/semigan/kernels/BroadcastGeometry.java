package semigan.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * Two operands of the same rank and the output that they broadcast to. Along each axis their sizes
 * are equal, or one of them is 1 and repeats.
 *
 * @param a sizes of the first operand
 * @param b sizes of the second
 */
public record BroadcastGeometry(List<Integer> a, List<Integer> b) {
  public BroadcastGeometry {
    a = List.copyOf(a);
    b = List.copyOf(b);
    if (a.size() != b.size()) {
      throw new IllegalArgumentException(
          "broadcast: ranks differ: %s and %s; give the shorter one leading sizes of 1"
              .formatted(a, b));
    }
    for (int axis = 0; axis < a.size(); axis++) {
      int left = a.get(axis);
      int right = b.get(axis);
      Sizes.positive("broadcast", "axis " + axis, Math.min(left, right));
      if (left != right && left != 1 && right != 1) {
        throw new IllegalArgumentException(
            "broadcast: axis %d is %d in %s but %d in %s; sizes must be equal, or one of them 1"
                .formatted(axis, left, a, right, b));
      }
    }
  }

  /** Sizes of the output. */
  public List<Integer> output() {
    List<Integer> sizes = new ArrayList<>(a.size());
    for (int axis = 0; axis < a.size(); axis++) {
      sizes.add(Math.max(a.get(axis), b.get(axis)));
    }
    return sizes;
  }
}
