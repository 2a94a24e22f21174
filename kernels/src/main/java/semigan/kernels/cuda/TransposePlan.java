package semigan.kernels.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * A copy whose neighbours in the source are not neighbours in the target, as matrices that are
 * transposed tile by tile.
 *
 * @param matrices where each matrix begins, in the source and the target
 * @param rows of a matrix in the source, neighbours in the target
 * @param columns neighbours in the source
 * @param sourceStride elements between rows in the source
 * @param targetStride elements between columns in the target
 */
record TransposePlan(Box matrices, int rows, int columns, long sourceStride, long targetStride) {
  /** Of a block, which moves one tile. */
  static final int THREADS = 256;

  private static final int TILE = 32;

  /** A narrower matrix leaves more than three quarters of its tiles empty. */
  private static final int NARROW = 8;

  /** How {@code copy} is one, or null if it is not, or not worth tiles. */
  static TransposePlan of(Box copy) {
    Box.Axis row = copy.inner();
    if (row.right() != 1 || row.left() == 1 || row.left() == 0 || !fits(row)) {
      return null;
    }
    for (Box.Axis column : copy.axes()) {
      if (column.left() == 1 && fits(column)) {
        List<Box.Axis> others = new ArrayList<>(copy.axes());
        others.remove(column);
        others.remove(row);
        if (others.isEmpty()) {
          others.add(new Box.Axis(1, 0, 0));
        }
        return new TransposePlan(
            new Box(others, false),
            (int) row.size(),
            (int) column.size(),
            row.left(),
            column.right());
      }
    }
    return null;
  }

  private static boolean fits(Box.Axis axis) {
    return axis.size() >= NARROW && axis.size() <= Integer.MAX_VALUE;
  }

  long tiles() {
    return matrices.length() * ((rows - 1) / TILE + 1) * ((columns - 1) / TILE + 1);
  }
}
