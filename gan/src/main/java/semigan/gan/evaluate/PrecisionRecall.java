package semigan.gan.evaluate;

/**
 * Improved precision and recall with k = 3; Kynkäänniemi et al. 2019, <a
 * href="https://arxiv.org/abs/1904.06991">arXiv:1904.06991</a>. An image lies within a set if it is
 * no farther from one of its members than that member's third neighbour in the set.
 *
 * @param precision share of generated images within the real ones: how many look real
 * @param recall share of real images within the generated ones: how much of the data is drawn
 */
public record PrecisionRecall(double precision, double recall) {
  private static final int NEIGHBOURS = 3;

  /** Images that each set must have. */
  public static final int FEWEST = NEIGHBOURS + 1;

  /**
   * @throws IllegalArgumentException if a set has fewer than {@link #FEWEST} images
   */
  public static PrecisionRecall of(Features real, Features generated) {
    Features.requireComparable("precision and recall", real, generated, FEWEST);
    double[] realRadii = Neighbourhoods.squaredRadii(real, NEIGHBOURS);
    double[] generatedRadii = Neighbourhoods.squaredRadii(generated, NEIGHBOURS);
    boolean[] recalled = new boolean[real.count()];
    boolean[] precise = new boolean[generated.count()]; // threads only ever write true
    Pairs.squaredDistances(
        real,
        generated,
        (row, first, values, count) -> {
          for (int j = 0; j < count; j++) {
            if (values[j] <= realRadii[row]) {
              precise[first + j] = true;
            }
            if (values[j] <= generatedRadii[first + j]) {
              recalled[row] = true;
            }
          }
        });
    return new PrecisionRecall(share(precise), share(recalled));
  }

  static double share(boolean[] flags) {
    int set = 0;
    for (boolean flag : flags) {
      set += flag ? 1 : 0;
    }
    return (double) set / flags.length;
  }
}
