package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import semigan.kernels.Conv2dGeometry;

/** Transforms 4x4 filters, four phases of 2x2 taps each, to the 25 points and back. */
final class WinogradFilter {
  private static final int SIZE = 1024;

  /**
   * A filter as blocks of neighbouring elements whose taps lie at the same distances.
   *
   * @param count number of blocks
   * @param length elements of a block
   * @param rowStep from a tap to the one below it
   * @param columnStep from a tap to the one beside it
   * @param outputsFirst whether the output channel is the first axis, else the last
   */
  record Blocks(int count, int length, int rowStep, int columnStep, boolean outputsFirst) {
    /** {@code [out, 4, 4, in]}, to points of {@code [out, depth]}. */
    static Blocks outputsFirst(Conv2dGeometry g) {
      int in = g.inChannels();
      return new Blocks(2 * g.outChannels(), 2 * in, 8 * in, 2 * in, true);
    }

    /** {@code [4, 4, in, out]}, to points of {@code [depth, out]}. */
    static Blocks outputsLast(Conv2dGeometry g) {
      int block = g.inChannels() * g.outChannels();
      return new Blocks(4, block, 8 * block, 2 * block, false);
    }

    /** Where the block's first tap lies in the filter. */
    int start(int block) {
      return outputsFirst
          ? (block / 2) * 8 * length + (block % 2) * 4 * (length / 2)
          : (block / 2) * 4 * length + (block % 2) * length;
    }

    /** Elements from one point's matrix to the next. */
    int pointStride() {
      return (int) Winograd.apart((long) count * length);
    }
  }

  private final Workers workers;
  private final float[][][][] workspaces;

  WinogradFilter(Workers workers) {
    this.workers = workers;
    workspaces = new float[workers.threads()][][][];
    Arrays.setAll(workspaces, thread -> Winograd.workspace(SIZE));
  }

  void transform(Blocks blocks, FloatBuffer w, FloatBuffer u) {
    forEachPiece(
        blocks,
        (v, source, target, length) -> {
          for (int r = 0; r < Winograd.TAPS; r++) {
            for (int c = 0; c < Winograd.TAPS; c++) {
              w.get(source + r * blocks.rowStep() + c * blocks.columnStep(), v[r][c], 0, length);
            }
          }
          Winograd.filter(v, length);
          for (int r = 0; r < Winograd.POINTS; r++) {
            for (int c = 0; c < Winograd.POINTS; c++) {
              u.put((r * Winograd.POINTS + c) * blocks.pointStride() + target, v[r][c], 0, length);
            }
          }
        });
  }

  void transformBackward(Blocks blocks, FloatBuffer u, FloatBuffer w) {
    forEachPiece(
        blocks,
        (v, source, target, length) -> {
          for (int r = 0; r < Winograd.POINTS; r++) {
            for (int c = 0; c < Winograd.POINTS; c++) {
              u.get((r * Winograd.POINTS + c) * blocks.pointStride() + target, v[r][c], 0, length);
            }
          }
          Winograd.filterBackward(v, length);
          for (int r = 0; r < Winograd.TAPS; r++) {
            for (int c = 0; c < Winograd.TAPS; c++) {
              w.put(source + r * blocks.rowStep() + c * blocks.columnStep(), v[r][c], 0, length);
            }
          }
        });
  }

  private interface Piece {
    void run(float[][][] workspace, int source, int target, int length);
  }

  private void forEachPiece(Blocks blocks, Piece piece) {
    int perBlock = (blocks.length() + SIZE - 1) / SIZE;
    workers.share(
        blocks.count() * perBlock,
        (thread, from, to) -> {
          for (int i = from; i < to; i++) {
            int block = i / perBlock;
            int offset = i % perBlock * SIZE;
            piece.run(
                workspaces[thread],
                blocks.start(block) + offset,
                block * blocks.length() + offset,
                Math.min(SIZE, blocks.length() - offset));
          }
        });
  }
}
