package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import semigan.kernels.BroadcastGeometry;
import semigan.kernels.DType;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.StridedCopy;

/**
 * A box of elements as two buffers see it, with as few axes as can be: axes of one element are
 * gone, and neighbours that follow each other without a gap in both buffers are one.
 *
 * @param axes the outermost first; at least one
 * @param packed whether a kernel may move several neighbours along the innermost axis at a time
 */
record Box(List<Axis> axes, boolean packed) implements KernelStruct {
  /** What the struct has room for. */
  static final int MOST_AXES = 8;

  /** What one access of a pack moves. */
  static final int PACK_BYTES = 16;

  /**
   * @param left elements between neighbours in the first buffer
   * @param right and in the second
   */
  record Axis(long size, long left, long right) {
    private boolean follows(Axis inner) {
      return left == inner.size * inner.left && right == inner.size * inner.right;
    }
  }

  /** How many elements are a pack. */
  static int lanes(DType type) {
    return PACK_BYTES / type.bytes();
  }

  /** Of a broadcast: both operands; the output follows the index. */
  static Box of(BroadcastGeometry geometry) {
    return merged(
        axes(geometry.output(), repeating(geometry.a()), repeating(geometry.b())), "broadcast");
  }

  /** Of a copy: source and target, in the order in which the target lies in memory. */
  static Box of(StridedCopy copy) {
    List<Axis> axes = axes(copy.sizes(), copy.sourceStrides(), copy.targetStrides());
    axes.sort(Comparator.comparingLong(axis -> -Math.abs(axis.right())));
    return merged(axes, "copy");
  }

  /** Of a reduction: its input, which is the index, and its output. */
  static Box of(ReduceGeometry geometry) {
    List<Integer> kept = new ArrayList<>(geometry.sizes());
    geometry.axes().forEach(axis -> kept.set(axis, 1));
    return merged(
        axes(geometry.sizes(), repeating(geometry.sizes()), repeating(kept)), "reduction");
  }

  /** Of one run of elements in both buffers. */
  static Box run(long length) {
    return new Box(List.of(new Axis(length, 1, 1)), false);
  }

  private static List<Axis> axes(List<Integer> sizes, List<Long> left, List<Long> right) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      if (sizes.get(i) > 1) {
        axes.add(new Axis(sizes.get(i), left.get(i), right.get(i)));
      }
    }
    return axes;
  }

  private static Box merged(List<Axis> axes, String what) {
    List<Axis> merged = new ArrayList<>();
    for (Axis next : axes) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).follows(next)) {
        long size = merged.remove(last).size * next.size;
        merged.add(new Axis(size, next.left, next.right));
      } else {
        merged.add(next);
      }
    }
    if (merged.isEmpty()) {
      merged.add(new Axis(1, 1, 1));
    }
    if (merged.size() > MOST_AXES) {
      throw new IllegalArgumentException(
          "%s: %d axes that cannot be merged, expected at most %d; transpose or copy in two steps"
              .formatted(what, merged.size(), MOST_AXES));
    }
    return new Box(List.copyOf(merged), false);
  }

  /** Strides of a row-major box that repeats along its axes of size 1. */
  private static List<Long> repeating(List<Integer> sizes) {
    Long[] strides = new Long[sizes.size()];
    long stride = 1;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      strides[axis] = sizes.get(axis) == 1 ? 0 : stride;
      stride *= sizes.get(axis);
    }
    return List.of(strides);
  }

  /**
   * The same, with packs where they fit: every pack must lie in one run, or in one repeated
   * element, and begin at a multiple of its size.
   *
   * @param addresses of the first elements, in bytes, of all buffers
   */
  Box withPacks(DType type, long... addresses) {
    int lanes = lanes(type);
    Axis inner = axes.get(axes.size() - 1);
    boolean fits = (axes.size() == 1 || inner.size % lanes == 0) && runs(inner.left, inner.right);
    for (int i = 0; i < axes.size() - 1; i++) {
      fits = fits && beginsAtPacks(axes.get(i).left, inner.left, lanes);
      fits = fits && beginsAtPacks(axes.get(i).right, inner.right, lanes);
    }
    for (long address : addresses) {
      fits = fits && address % PACK_BYTES == 0;
    }
    return new Box(axes, fits);
  }

  private static boolean runs(long left, long right) {
    return (left == 0 || left == 1) && (right == 0 || right == 1);
  }

  private static boolean beginsAtPacks(long stride, long innerStride, int lanes) {
    return innerStride == 0 || stride % lanes == 0;
  }

  long length() {
    return axes.stream().mapToLong(Axis::size).reduce(1, Math::multiplyExact);
  }

  /** The innermost axis. */
  Axis inner() {
    return axes.get(axes.size() - 1);
  }

  @Override
  public String type() {
    return "Box";
  }

  @Override
  public void put(ByteBuffer target) {
    target.putLong(length()).putInt(axes.size()).putInt(packed ? 1 : 0);
    for (int i = 0; i < MOST_AXES; i++) {
      Axis axis = i < axes.size() ? axes.get(axes.size() - 1 - i) : new Axis(1, 0, 0);
      Divisor divisor = Divisor.of(axis.size);
      target.putLong(axis.size).putLong(axis.left).putLong(axis.right);
      target.putInt(divisor.multiplier()).putInt(divisor.shift());
    }
  }
}
