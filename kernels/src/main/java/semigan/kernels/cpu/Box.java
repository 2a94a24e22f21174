package semigan.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import semigan.kernels.StridedCopy;

/**
 * The shape of a copy with as few axes as can be: axes of one element are gone, and neighbours that
 * follow each other without a gap on both sides are one.
 */
record Box(List<Axis> axes) {
  record Axis(int size, long sourceStride, long targetStride) {}

  static Box of(StridedCopy copy) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < copy.sizes().size(); i++) {
      Axis next =
          new Axis(copy.sizes().get(i), copy.sourceStrides().get(i), copy.targetStrides().get(i));
      if (next.size() == 1) {
        continue;
      }
      int last = axes.size() - 1;
      if (last >= 0 && follows(axes.get(last), next)) {
        Axis outer = axes.remove(last);
        next = new Axis(outer.size() * next.size(), next.sourceStride(), next.targetStride());
      }
      axes.add(next);
    }
    if (axes.isEmpty()) {
      axes.add(new Axis(1, 1, 1));
    }
    return new Box(List.copyOf(axes));
  }

  private static boolean follows(Axis outer, Axis inner) {
    return outer.sourceStride() == inner.size() * inner.sourceStride()
        && outer.targetStride() == inner.size() * inner.targetStride();
  }

  long length() {
    return axes.stream().mapToLong(Axis::size).reduce(1, (a, b) -> a * b);
  }

  /** Whether it is one unbroken run on both sides. */
  boolean isOneRun() {
    Axis only = axes.get(0);
    return axes.size() == 1 && only.sourceStride() == 1 && only.targetStride() == 1;
  }

  /** Whether no stride repeats an element or runs backwards. */
  boolean isForward() {
    return axes.stream().allMatch(axis -> axis.sourceStride() > 0 && axis.targetStride() > 0);
  }

  /** The axis with most elements. */
  int longest() {
    int longest = 0;
    for (int i = 1; i < axes.size(); i++) {
      longest = axes.get(i).size() > axes.get(longest).size() ? i : longest;
    }
    return longest;
  }

  /** The same with another number of elements along one axis. */
  Box with(int axis, int size) {
    List<Axis> changed = new ArrayList<>(axes);
    Axis old = axes.get(axis);
    changed.set(axis, new Axis(size, old.sourceStride(), old.targetStride()));
    return new Box(changed);
  }

  long[] sizes() {
    return each(Axis::size);
  }

  long[] sourceStrides() {
    return each(Axis::sourceStride);
  }

  long[] targetStrides() {
    return each(Axis::targetStride);
  }

  private long[] each(ToLongFunction<Axis> part) {
    return axes.stream().mapToLong(part).toArray();
  }
}
