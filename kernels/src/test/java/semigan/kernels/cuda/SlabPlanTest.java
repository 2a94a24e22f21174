package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import semigan.kernels.DType;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.cuda.SlabPlan.Slab;

class SlabPlanTest {
  private static final long[] SIZES = {1, 2, 3, 8, 31, 33, 257, 4096, 65_537, 1L << 33};

  @Test
  void splitsCoverWhatIsReducedOnce() {
    for (long outer : SIZES) {
      for (long reduced : SIZES) {
        for (long inner : SIZES) {
          for (DType type : List.of(DType.F32, DType.BF16)) {
            for (long address : new long[] {0, 2}) {
              if (Math.multiplyHigh(outer * reduced, inner) == 0 && outer * reduced < 1L << 36) {
                check(new Slab(outer, reduced, inner), type, address);
              }
            }
          }
        }
      }
    }
  }

  private static void check(Slab slab, DType type, long address) {
    SlabPlan plan = SlabPlan.of(slab, type, address);
    String what = plan.toString();
    assertTrue(plan.splits() >= 1 && (plan.splits() - 1) * plan.chunk() < slab.reduced(), what);
    assertTrue(plan.splits() * plan.chunk() >= slab.reduced(), what);
    assertTrue(Integer.bitCount(plan.lanes()) == 1 && plan.lanes() <= SlabPlan.THREADS, what);
    if (plan.packed()) {
      int pack = Box.lanes(type);
      long run = slab.inner() == 1 ? plan.chunk() : slab.inner();
      assertEquals(0, run % pack, what);
      assertEquals(0, address, what);
    }
    assertTrue(plan.launch(type, 132).blocksX() >= 1, what);
  }

  @Test
  void aLongSumOccupiesManyBlocks() {
    SlabPlan whole = SlabPlan.of(new Slab(1, 1 << 24, 1), DType.F32, 0);
    assertTrue(whole.launch(DType.F32, 132).blocksX() > 500, whole.toString());
    SlabPlan channels = SlabPlan.of(new Slab(1, 1 << 20, 3), DType.F32, 0);
    assertTrue(channels.launch(DType.F32, 132).blocksX() > 500, channels.toString());
  }

  /** Gradients of a bias: the parts of the first pass are few enough for one more. */
  @Test
  void partsAreNotSplitForLittle() {
    SlabPlan first = SlabPlan.of(new Slab(1, 64 * 16 * 16, 128), DType.BF16, 0);
    assertTrue(first.splits() > 1, first.toString());
    assertEquals(1, SlabPlan.of(first.rest(), DType.F32, 0).splits(), first.toString());
  }

  @Test
  void passesReduceWhatTheGeometryDoes() {
    List<ReduceGeometry> geometries =
        List.of(
            new ReduceGeometry(List.of(), Set.of()),
            new ReduceGeometry(List.of(5, 1, 3), Set.of()),
            new ReduceGeometry(List.of(5, 1, 3), Set.of(1)),
            new ReduceGeometry(List.of(2, 3, 4, 5), Set.of(0, 1, 2, 3)),
            new ReduceGeometry(List.of(2, 3, 4, 5), Set.of(1, 2)),
            new ReduceGeometry(List.of(2, 3, 4, 5), Set.of(0, 2)),
            new ReduceGeometry(List.of(2, 3, 1, 5), Set.of(1, 3)),
            new ReduceGeometry(List.of(2, 3, 4, 5, 2), Set.of(0, 2, 4)));
    for (ReduceGeometry geometry : geometries) {
      int length = geometry.sizes().stream().reduce(1, (a, b) -> a * b);
      double[] values = new double[length];
      Arrays.setAll(values, i -> 1L << i % 53);
      double[] sums = values;
      for (Slab slab : Slab.passes(geometry)) {
        sums = sum(slab, sums);
      }
      assertArrayEquals(directly(geometry, values), sums, geometry.toString());
    }
  }

  @Test
  void fillsTheStruct() {
    ByteBuffer bytes = ByteBuffer.allocate(48);
    SlabPlan.of(new Slab(2, 3, 4), DType.F32, 0).put(bytes);
    assertEquals(0, bytes.remaining());
  }

  private static double[] sum(Slab slab, double[] x) {
    double[] y = new double[(int) (slab.outer() * slab.inner())];
    for (int i = 0; i < x.length; i++) {
      int inner = (int) slab.inner();
      y[i / inner / (int) slab.reduced() * inner + i % inner] += x[i];
    }
    return y;
  }

  private static double[] directly(ReduceGeometry geometry, double[] x) {
    double[] y = new double[geometry.output().stream().reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < x.length; i++) {
      int rest = i;
      int at = 0;
      int stride = 1;
      for (int axis = geometry.sizes().size() - 1; axis >= 0; axis--) {
        int size = geometry.sizes().get(axis);
        if (!geometry.axes().contains(axis)) {
          at += rest % size * stride;
          stride *= size;
        }
        rest /= size;
      }
      y[at] += x[i];
    }
    return y;
  }
}
