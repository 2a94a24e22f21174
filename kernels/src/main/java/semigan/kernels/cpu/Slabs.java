package semigan.kernels.cpu;

import java.util.function.Consumer;

/**
 * A reduction as {@code [outer, reduced, inner] -> [outer, inner]}: what every reduction over
 * neighbouring axes comes down to.
 */
record Slabs(int outer, int reduced, int inner) {
  /** Some columns of one slab, as many as fit a tile. */
  record Strip(Slabs slabs, int slab, int column, int width) {
    /** What is done with some rows of a strip: {@code count * width} elements from {@code from}. */
    interface Block {
      void run(int from, int count);
    }

    /** Index of the strip's first output. */
    int output() {
      return slab * slabs.inner + column;
    }

    /** Visits the rows in their order, as many at a time as fit a tile and lie in one run. */
    void forEachBlock(Block block) {
      int step = width == slabs.inner ? Tiles.SIZE / width : 1;
      for (int row = 0; row < slabs.reduced; row += step) {
        int from = (slab * slabs.reduced + row) * slabs.inner + column;
        block.run(from, Math.min(step, slabs.reduced - row));
      }
    }
  }

  void forEachStrip(Consumer<Strip> body) {
    for (int slab = 0; slab < outer; slab++) {
      for (int column = 0; column < inner; column += Tiles.SIZE) {
        body.accept(new Strip(this, slab, column, Math.min(Tiles.SIZE, inner - column)));
      }
    }
  }
}
