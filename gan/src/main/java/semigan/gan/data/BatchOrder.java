package semigan.gan.data;

/**
 * The endless order in which a list of indices is gone through: every epoch is a permutation of it
 * that is a pure function of (seed, epoch). Batches of one size cut this order into pieces, across
 * the ends of epochs too, so that batch k is a pure function of (seed, k).
 */
final class BatchOrder {
  private static final long STREAM = 0x6f72646572L; // "order"

  private final int[] indices;
  private final long seed;
  private long epoch = -1;
  private int[] shuffled;

  BatchOrder(int[] indices, long seed) {
    this.indices = indices.clone();
    this.seed = seed;
  }

  /** The index at a place, counted from the start of the run. */
  int at(long place) {
    long wanted = place / indices.length;
    if (wanted != epoch) {
      shuffled = indices.clone();
      new Draws(STREAM, seed, wanted).shuffle(shuffled);
      epoch = wanted;
    }
    return shuffled[(int) (place % indices.length)];
  }
}
