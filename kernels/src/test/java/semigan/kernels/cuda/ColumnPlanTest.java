package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ColumnPlanTest {
  private static final int MULTIPROCESSORS = 132;
  private static final long[] ROWS = {1, 2, 31, 64, 255, 257, 1024, 2048, 2049, 5003};
  private static final int[] CHANNELS = {1, 2, 3, 8, 31, 32, 33, 64, 100, 256, 257, 1000};

  @Test
  void everyElementBelongsToOneThread() {
    for (long rows : ROWS) {
      for (int channels : CHANNELS) {
        forEachPlan(rows, channels, ColumnPlanTest::assertCoversOnce);
      }
    }
  }

  /** As the kernels index: see columns.cuh. */
  private static void assertCoversOnce(ColumnPlan plan) {
    int down = plan.threads() / plan.columns();
    int[] taken = new int[Math.toIntExact(plan.rows() * plan.channels())];
    for (int tile = 0; tile < plan.tiles(); tile++) {
      for (int slab = 0; slab < plan.slabs(); slab++) {
        for (int thread = 0; thread < plan.threads(); thread++) {
          int channel = (tile * plan.columns() + thread % plan.columns()) * plan.vector();
          long first = (long) slab * down + thread / plan.columns();
          for (long row = first; row < plan.rows(); row += (long) plan.slabs() * down) {
            for (int v = 0; channel < plan.channels() && v < plan.vector(); v++) {
              taken[(int) (row * plan.channels() + channel + v)]++;
            }
          }
        }
      }
    }
    assertTrue(Arrays.stream(taken).allMatch(times -> times == 1), plan::toString);
  }

  @Test
  void aBlockIsARectangleOfWholeWarps() {
    long[] rows = {1, 7, 1 << 20, 1L << 31, 1L << 40};
    for (long count : rows) {
      for (int channels : new int[] {1, 3, 64, 4096, 1 << 24}) {
        forEachPlan(
            count,
            channels,
            plan -> {
              assertEquals(1, Integer.bitCount(plan.columns()), plan::toString);
              assertEquals(1, Integer.bitCount(plan.threads()), plan::toString);
              assertTrue(plan.threads() >= 32 && plan.threads() <= 512, plan::toString);
              assertTrue(plan.columns() <= plan.threads(), plan::toString);
              long covered = (long) plan.tiles() * plan.columns() * plan.vector();
              assertTrue(covered >= channels && covered < Integer.MAX_VALUE, plan::toString);
              assertTrue(plan.launch().blocksY() == plan.slabs(), plan::toString);
            });
      }
    }
  }

  @Test
  void tilesWithoutACounterAreNotShared() {
    ColumnPlan wide = ColumnPlan.sums(1 << 20, 1 << 24, 1, Float.BYTES, MULTIPROCESSORS);
    assertTrue(wide.tiles() > ColumnPlan.MOST_SHARED_TILES);
    assertEquals(1, wide.slabs());
  }

  @Test
  void aSmallMatrixTakesOneLaunchAndALargeOneFillsTheGpu() {
    assertEquals(1, ColumnPlan.sums(1024, 256, 4, Float.BYTES, MULTIPROCESSORS).slabs());
    ColumnPlan large = ColumnPlan.sums(1 << 18, 64, 4, Float.BYTES, MULTIPROCESSORS);
    assertTrue(large.slabs() * large.tiles() >= MULTIPROCESSORS, large::toString);
  }

  @Test
  void isLaidOutAsTheStruct() {
    ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    new ColumnPlan(1L << 33, 12, 4, 2, 3, 5, 64).put(bytes);
    assertEquals(24, bytes.position());
    bytes.flip();
    assertEquals(1L << 33, bytes.getLong());
    assertEquals(12, bytes.getInt());
    assertEquals(2, bytes.getInt());
    assertEquals(4, bytes.getInt());
  }

  private static void forEachPlan(long rows, int channels, Consumer<ColumnPlan> check) {
    for (int bytes : new int[] {Float.BYTES, Short.BYTES}) {
      for (int vector : new int[] {1, 16 / bytes}) {
        if (channels % vector == 0) {
          check.accept(ColumnPlan.sums(rows, channels, vector, bytes, MULTIPROCESSORS));
          check.accept(ColumnPlan.map(rows, channels, vector, bytes, MULTIPROCESSORS));
          check.accept(ColumnPlan.map(rows, channels, vector, bytes, 1));
        }
      }
    }
  }
}
