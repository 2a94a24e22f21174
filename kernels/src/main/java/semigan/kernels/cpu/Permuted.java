package semigan.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.StridedCopy;

/**
 * Brings a reduction into the form of {@link Slabs}. Where the reduced axes lie in one stretch that
 * takes nothing; otherwise through a copy with the reduced axes last.
 */
final class Permuted {
  /** A kernel that reads one operand and writes another of the same sizes. */
  interface Transform {
    void run(Slabs slabs, CpuBuffer x, CpuBuffer dx);
  }

  private final Backend backend;

  Permuted(Backend backend) {
    this.backend = backend;
  }

  void reading(ReduceGeometry geometry, Buffer x, BiConsumer<Slabs, CpuBuffer> kernel) {
    if (isOneStretch(geometry)) {
      kernel.accept(slabs(geometry), CpuBuffer.of(x));
      return;
    }
    try (var sorted = Temporary.allocate(backend, x.type(), x.length())) {
      backend.copy().strided(toSorted(geometry), x, sorted.buffer());
      kernel.accept(sortedSlabs(geometry), sorted.buffer());
    }
  }

  void readingAndWriting(ReduceGeometry geometry, Buffer x, Buffer dx, Transform kernel) {
    if (isOneStretch(geometry)) {
      kernel.run(slabs(geometry), CpuBuffer.of(x), CpuBuffer.of(dx));
      return;
    }
    try (var sorted = Temporary.allocate(backend, dx.type(), dx.length())) {
      reading(geometry, x, (slabs, data) -> kernel.run(slabs, data, sorted.buffer()));
      StridedCopy there = toSorted(geometry);
      backend
          .copy()
          .strided(
              new StridedCopy(there.sizes(), 0, there.targetStrides(), 0, there.sourceStrides()),
              sorted.buffer(),
              dx);
    }
  }

  /** Whether no kept axis (of more than one element) lies between two reduced ones. */
  private static boolean isOneStretch(ReduceGeometry geometry) {
    int changes = 0;
    boolean before = false;
    for (int axis = 0; axis < geometry.sizes().size(); axis++) {
      boolean now = geometry.axes().contains(axis);
      if (geometry.sizes().get(axis) > 1 && now != before) {
        changes++;
        before = now;
      }
    }
    return changes <= 2;
  }

  private static Slabs slabs(ReduceGeometry geometry) {
    int outer = 1;
    int reduced = 1;
    int inner = 1;
    boolean seen = false;
    for (int axis = 0; axis < geometry.sizes().size(); axis++) {
      int size = geometry.sizes().get(axis);
      if (geometry.axes().contains(axis)) {
        reduced *= size;
        seen |= size > 1;
      } else if (seen) {
        inner *= size;
      } else {
        outer *= size;
      }
    }
    return new Slabs(outer, reduced, inner);
  }

  private static Slabs sortedSlabs(ReduceGeometry geometry) {
    int kept = geometry.output().stream().reduce(1, (a, b) -> a * b);
    return new Slabs(kept, (int) geometry.reducedLength(), 1);
  }

  /** The copy to {@code [kept axes, reduced axes]}. */
  private static StridedCopy toSorted(ReduceGeometry geometry) {
    int rank = geometry.sizes().size();
    List<Integer> order = new ArrayList<>(rank);
    for (boolean reduced : new boolean[] {false, true}) {
      for (int axis = 0; axis < rank; axis++) {
        if (geometry.axes().contains(axis) == reduced) {
          order.add(axis);
        }
      }
    }
    List<Long> source = rowMajorStrides(geometry.sizes());
    List<Integer> sizes = order.stream().map(geometry.sizes()::get).toList();
    return new StridedCopy(
        sizes, 0, order.stream().map(source::get).toList(), 0, rowMajorStrides(sizes));
  }

  private static List<Long> rowMajorStrides(List<Integer> sizes) {
    Long[] strides = new Long[sizes.size()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes.get(axis);
    }
    return List.of(strides);
  }
}
