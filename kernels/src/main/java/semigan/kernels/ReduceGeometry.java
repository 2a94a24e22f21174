package semigan.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A reduction over some axes of a box of elements. The output holds the other axes in their order.
 *
 * @param sizes extent of the input along each axis
 * @param axes the axes that are reduced away
 */
public record ReduceGeometry(List<Integer> sizes, Set<Integer> axes) {
  public ReduceGeometry {
    sizes = List.copyOf(sizes);
    axes = Set.copyOf(axes);
    sizes.forEach(size -> Sizes.positive("reduction", "extent", size));
    for (int axis : axes) {
      if (axis < 0 || axis >= sizes.size()) {
        throw new IllegalArgumentException(
            "reduction: there is no axis %d in %s".formatted(axis, sizes));
      }
    }
  }

  /** Sizes of the output. */
  public List<Integer> output() {
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < sizes.size(); axis++) {
      if (!axes.contains(axis)) {
        kept.add(sizes.get(axis));
      }
    }
    return kept;
  }

  /** How many elements each output is made from. */
  public long reducedLength() {
    return axes.stream().mapToLong(sizes::get).reduce(1, (a, b) -> a * b);
  }
}
