package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import semigan.kernels.BroadcastGeometry;
import semigan.kernels.DType;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.StridedCopy;

class BoxTest {
  private static final int STRUCT_BYTES = 16 + Box.MOST_AXES * 32;

  private static final List<StridedCopy> COPIES =
      List.of(
          new StridedCopy(List.of(), 0, List.of(), 0, List.of()),
          new StridedCopy(List.of(257), 0, List.of(0L), 0, List.of(1L)),
          new StridedCopy(List.of(31, 33), 0, List.of(33L, 1L), 0, List.of(1L, 31L)),
          new StridedCopy(List.of(9, 8, 3), 0, List.of(8L, 1L, 72L), 0, List.of(1L, 9L, 72L)),
          new StridedCopy(List.of(4, 8), 0, List.of(33L, -1L), 0, List.of(8L, 1L)),
          new StridedCopy(List.of(2, 5, 7, 3), 0, List.of(105L, 21L, 3L, 1L), 0, channelsFirst()));

  private static List<Long> channelsFirst() {
    return List.of(105L, 7L, 1L, 35L);
  }

  @Test
  void copiesTheSamePairsAsItsGeometry() {
    for (StridedCopy copy : COPIES) {
      assertEquals(pairs(copy), pairs(Box.of(copy)), copy.toString());
    }
  }

  @Test
  void transposesTheSamePairsAsItsGeometry() {
    int found = 0;
    for (StridedCopy copy : COPIES) {
      TransposePlan plan = TransposePlan.of(Box.of(copy));
      if (plan != null) {
        found++;
        assertEquals(pairs(copy), pairs(plan), copy.toString());
      }
    }
    assertEquals(2, found, "copies that are transposed by tiles");
  }

  @Test
  void mergesAxesThatBroadcastAlike() {
    var bias = Box.of(new BroadcastGeometry(List.of(2, 5, 7, 8), List.of(1, 1, 1, 8)));
    assertEquals(List.of(new Box.Axis(70, 8, 0), new Box.Axis(8, 1, 1)), bias.axes());
    var scalar = Box.of(new BroadcastGeometry(List.of(2, 5), List.of(1, 1)));
    assertEquals(List.of(new Box.Axis(10, 1, 0)), scalar.axes());
    var sum = Box.of(new ReduceGeometry(List.of(2, 5, 7, 3), Set.of(0, 1, 2)));
    assertEquals(List.of(new Box.Axis(70, 3, 0), new Box.Axis(3, 1, 1)), sum.axes());
  }

  @Test
  void mergingLargeAxesDoesNotOverflow() {
    var large =
        Box.of(new BroadcastGeometry(List.of(65_536, 65_536, 4), List.of(65_536, 65_536, 4)));
    assertEquals(List.of(new Box.Axis(1L << 34, 1, 1)), large.axes());
    assertEquals(1L << 34, large.length());
  }

  @Test
  void packsOnlyWhereEachLiesInOneRun() {
    var even = Box.of(new BroadcastGeometry(List.of(5, 8), List.of(1, 8)));
    assertTrue(even.withPacks(DType.BF16, 0, 16, 32).packed());
    assertFalse(even.withPacks(DType.BF16, 0, 16, 34).packed(), "an address between packs");
    var odd = Box.of(new BroadcastGeometry(List.of(5, 12), List.of(1, 12)));
    assertTrue(odd.withPacks(DType.F32, 0).packed());
    assertFalse(odd.withPacks(DType.BF16, 0).packed(), "12 columns are no whole packs of 8");
    assertTrue(Box.run(13).withPacks(DType.F32, 0).packed(), "one run has a tail");
    var gaps = Box.of(new StridedCopy(List.of(5, 8), 0, List.of(9L, 1L), 0, List.of(8L, 1L)));
    assertFalse(gaps.withPacks(DType.F32, 0).packed(), "rows begin between packs");
    var backwards = Box.of(new StridedCopy(List.of(8), 7, List.of(-1L), 0, List.of(1L)));
    assertFalse(backwards.withPacks(DType.F32, 0).packed());
    var repeated = Box.of(new BroadcastGeometry(List.of(5, 1), List.of(1, 8)));
    assertTrue(repeated.withPacks(DType.F32, 0).packed(), "one element repeated needs no run");
  }

  @Test
  void fillsTheStruct() {
    for (StridedCopy copy : COPIES) {
      ByteBuffer bytes = ByteBuffer.allocate(STRUCT_BYTES);
      Box.of(copy).put(bytes);
      assertEquals(0, bytes.remaining());
    }
  }

  @Test
  void refusesMoreAxesThanTheStructHolds() {
    List<Integer> a = List.of(2, 1, 2, 1, 2, 1, 2, 1, 2);
    List<Integer> b = List.of(1, 2, 1, 2, 1, 2, 1, 2, 1);
    var e = assertThrows(IllegalArgumentException.class, () -> Box.of(new BroadcastGeometry(a, b)));
    assertTrue(e.getMessage().contains("9 axes"), e.getMessage());
  }

  @Test
  void dividesEveryNumberBelowTwoToThe31() {
    int[] numbers = {0, 1, 2, 31, 32, 33, 65_535, 65_536, 1 << 30, Integer.MAX_VALUE};
    for (int divisor : new int[] {1, 2, 3, 5, 7, 641, 65_537, 1 << 30, Integer.MAX_VALUE}) {
      for (int number : numbers) {
        for (int near = -1; near <= 1; near++) {
          int n = Math.min(Math.max(number, 1) - near, Integer.MAX_VALUE) & Integer.MAX_VALUE;
          assertEquals(n / divisor, Divisor.of(divisor).quotient(n), n + " / " + divisor);
        }
      }
    }
  }

  /** From each target position to the source's. */
  private static Map<Long, Long> pairs(StridedCopy copy) {
    Map<Long, Long> pairs = new HashMap<>();
    long length = copy.sizes().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    for (long i = 0; i < length; i++) {
      long rest = i;
      long source = 0;
      long target = 0;
      for (int axis = copy.sizes().size() - 1; axis >= 0; axis--) {
        source += rest % copy.sizes().get(axis) * copy.sourceStrides().get(axis);
        target += rest % copy.sizes().get(axis) * copy.targetStrides().get(axis);
        rest /= copy.sizes().get(axis);
      }
      pairs.put(target, source);
    }
    return pairs;
  }

  private static Map<Long, Long> pairs(Box box) {
    Map<Long, Long> pairs = new HashMap<>(Map.of(0L, 0L));
    for (Box.Axis axis : box.axes()) {
      Map<Long, Long> more = new HashMap<>();
      for (long i = 0; i < axis.size(); i++) {
        long at = i;
        pairs.forEach((to, from) -> more.put(to + at * axis.right(), from + at * axis.left()));
      }
      pairs = more;
    }
    return pairs;
  }

  private static Map<Long, Long> pairs(TransposePlan plan) {
    Map<Long, Long> pairs = new HashMap<>();
    pairs(plan.matrices())
        .forEach(
            (to, from) -> {
              for (long row = 0; row < plan.rows(); row++) {
                for (long column = 0; column < plan.columns(); column++) {
                  pairs.put(
                      to + row + column * plan.targetStride(),
                      from + row * plan.sourceStride() + column);
                }
              }
            });
    return Collections.unmodifiableMap(pairs);
  }
}
