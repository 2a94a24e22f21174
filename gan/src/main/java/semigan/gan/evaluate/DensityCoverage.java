package semigan.gan.evaluate;

/**
 * Density and coverage with k = 5; Naeem et al. 2020, <a
 * href="https://arxiv.org/abs/2002.09797">arXiv:2002.09797</a>. Only real images have
 * neighbourhoods, so that a few odd generated ones do not count for much.
 *
 * @param density in how many real neighbourhoods a generated image lies, of the k expected of a
 *     real one; above 1 where generated images keep to where real ones are dense
 * @param coverage share of real images that have a generated one in their neighbourhood
 */
public record DensityCoverage(double density, double coverage) {
  private static final int NEIGHBOURS = 5;

  /** Images that each set must have. */
  public static final int FEWEST = NEIGHBOURS + 1;

  /**
   * @throws IllegalArgumentException if a set has fewer than {@link #FEWEST} images
   */
  public static DensityCoverage of(Features real, Features generated) {
    Features.requireComparable("density and coverage", real, generated, FEWEST);
    double[] radii = Neighbourhoods.squaredRadii(real, NEIGHBOURS);
    int[] inside = new int[real.count()];
    Pairs.squaredDistances(
        real,
        generated,
        (row, first, values, count) -> {
          for (int j = 0; j < count; j++) {
            inside[row] += values[j] <= radii[row] ? 1 : 0;
          }
        });
    long total = 0;
    int covered = 0;
    for (int count : inside) {
      total += count;
      covered += count > 0 ? 1 : 0;
    }
    return new DensityCoverage(
        (double) total / ((long) NEIGHBOURS * generated.count()), (double) covered / real.count());
  }
}
