package semigan.kernels.cpu;

import java.nio.FloatBuffer;

/** Transforms 4x4 filters, four phases of 2x2 taps each, to the 25 points and back. */
final class WinogradFilter {
  private static final int SIZE = 1024;

  /**
   * A filter, or some of it, as pairs of blocks of neighbouring elements. The taps of an element
   * lie at the same distances from it in all of them.
   *
   * @param origin the first block
   * @param pairs number of pairs
   * @param pairStep from one pair to the next
   * @param perPair blocks of a pair: 2, or 1 if it has only one
   * @param blockStep from the first block of a pair to the second
   * @param length elements of a block
   * @param rowStep from a tap to the one below it
   * @param columnStep from a tap to the one beside it
   */
  record Blocks(
      int origin,
      int pairs,
      int pairStep,
      int perPair,
      int blockStep,
      int length,
      int rowStep,
      int columnStep) {
    /** {@code [out, 4, 4, in]}, to points of {@code [out, row phase, column phase, in]}. */
    static Blocks outputsFirst(int in, int out) {
      return new Blocks(0, out, 16 * in, 2, 4 * in, 2 * in, 8 * in, 2 * in);
    }

    /** One of the four phases of {@code [out, 4, 4, in]}, to points of {@code [out, in]}. */
    static Blocks onePhase(int in, int out, int phase) {
      int origin = (phase / 2 * 4 + phase % 2) * in;
      return new Blocks(origin, out, 16 * in, 1, 0, in, 8 * in, 2 * in);
    }

    /** {@code [4, 4, in, out]}, to points of {@code [row phase, column phase, in, out]}. */
    static Blocks outputsLast(int in, int out) {
      int block = in * out;
      return new Blocks(0, 2, 4 * block, 2, block, block, 8 * block, 2 * block);
    }

    int count() {
      return pairs * perPair;
    }

    int start(int block) {
      return origin + block / perPair * pairStep + block % perPair * blockStep;
    }

    /** Elements from one point's matrix to the next. */
    int pointStride() {
      return (int) Winograd.apart((long) count() * length);
    }
  }

  private final Workers workers;
  private final float[][][][] workspaces;

  WinogradFilter(Workers workers) {
    this.workers = workers;
    workspaces = new float[workers.threads()][Winograd.POINTS][Winograd.POINTS][SIZE];
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
