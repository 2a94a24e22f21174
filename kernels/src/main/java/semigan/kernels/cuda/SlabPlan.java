package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import semigan.kernels.DType;
import semigan.kernels.ReduceGeometry;

/**
 * One pass of a reduction, {@code [outer, reduced, inner] -> [outer, splits, inner]}. Where there
 * are few outputs each is made in parts, {@code splits} of them, that a second pass reduces. All of
 * it follows from the sizes alone, so that every GPU sums in the same order.
 *
 * @param chunk how many of the reduced elements each split takes; the last may get fewer
 * @param lanes threads that share an output, a power of two
 * @param packed whether the input is read pack by pack
 */
record SlabPlan(
    long outer, long reduced, long inner, long chunk, int splits, int lanes, boolean packed)
    implements KernelStruct {
  /** Of a block. */
  static final int THREADS = 256;

  /** Blocks that keep a large GPU busy. */
  private static final int BLOCKS = 1024;

  /** Loads of one thread that are worth a thread. */
  private static final int LOADS = 4;

  /** With fewer splits the pass that they cost takes as long as they save. */
  private static final int WORTH_A_PASS = 4;

  /** Threads that go down columns side by side. */
  private static final int WIDTH = LaunchPlan.WARP;

  /** The {@code [outer, reduced, inner]} of each pass over groups of axes that are reduced away. */
  record Slab(long outer, long reduced, long inner) {
    /** The passes of a reduction in their order: the innermost axes first. */
    static List<Slab> passes(ReduceGeometry geometry) {
      List<Slab> passes = new ArrayList<>();
      long inner = 1;
      long reduced = 1;
      long outer =
          geometry.sizes().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
      for (int axis = geometry.sizes().size() - 1; axis >= 0; axis--) {
        int size = geometry.sizes().get(axis);
        if (size == 1) {
          continue;
        }
        outer /= size;
        if (geometry.axes().contains(axis)) {
          reduced *= size;
          continue;
        }
        if (reduced > 1) {
          passes.add(new Slab(outer * size, reduced, inner));
          reduced = 1;
        }
        inner *= size;
      }
      if (reduced > 1 || passes.isEmpty()) {
        passes.add(new Slab(1, reduced, inner));
      }
      return passes;
    }
  }

  /**
   * @param address of the input, in bytes
   */
  static SlabPlan of(Slab slab, DType type, long address) {
    int pack = Box.lanes(type);
    long run = slab.inner == 1 ? slab.reduced : slab.inner;
    boolean packed = address % Box.PACK_BYTES == 0 && run % pack == 0;
    return slab.inner == 1
        ? rows(slab, packed, packed ? pack : 1)
        : columns(slab, packed, packed ? pack : 1);
  }

  private static SlabPlan rows(Slab slab, boolean packed, int pack) {
    int lanes = powerOfTwo(Math.min(THREADS, slab.reduced / ((long) LOADS * pack)));
    long blocks = (slab.outer - 1) / (THREADS / lanes) + 1;
    long most = slab.reduced / (2L * LOADS * lanes * pack);
    long splits = splits(blocks, most);
    long chunk = ((slab.reduced - 1) / splits / pack + 1) * pack;
    return new SlabPlan(
        slab.outer, slab.reduced, 1, chunk, count(slab.reduced, chunk), lanes, packed);
  }

  private static SlabPlan columns(Slab slab, boolean packed, int pack) {
    long units = slab.inner / pack;
    int lanes = THREADS / powerOfTwo(Math.min(WIDTH, 2 * units - 1));
    while (lanes > 1 && slab.reduced < (long) LOADS * lanes && THREADS / lanes < units) {
      lanes /= 2;
    }
    long blocks = slab.outer * ((units - 1) / (THREADS / lanes) + 1);
    long most = slab.reduced / (2L * LOADS * lanes);
    long splits = splits(blocks, most);
    long chunk = (slab.reduced - 1) / splits + 1;
    return new SlabPlan(
        slab.outer, slab.reduced, slab.inner, chunk, count(slab.reduced, chunk), lanes, packed);
  }

  private static long splits(long blocks, long most) {
    long splits = Math.min(BLOCKS / blocks, most);
    return splits < WORTH_A_PASS ? 1 : splits;
  }

  private static int count(long reduced, long chunk) {
    return (int) ((reduced - 1) / chunk + 1);
  }

  /** The largest that is not more than {@code value}, and 1 at least. */
  private static int powerOfTwo(long value) {
    return (int) Long.highestOneBit(Math.max(1, value));
  }

  /** Elements that the pass makes. */
  long outputs() {
    return outer * splits * inner;
  }

  /** The pass that reduces the parts of this one. */
  Slab rest() {
    return new Slab(outer, splits, inner);
  }

  /** A block for each tile of outputs. */
  LaunchPlan launch(DType type, int multiprocessors) {
    long units = inner == 1 ? outer * splits : inner / (packed ? Box.lanes(type) : 1);
    long tiles = (units - 1) / (THREADS / lanes) + 1;
    return LaunchPlan.groups(inner == 1 ? tiles : tiles * outer * splits, THREADS, multiprocessors);
  }

  @Override
  public String type() {
    return "Slabs";
  }

  @Override
  public void put(ByteBuffer target) {
    target.putLong(outer).putLong(reduced).putLong(inner).putLong(chunk);
    target.putInt(splits).putInt(lanes).putInt(packed ? 1 : 0).putInt(0);
  }
}
