package semigan.gan.data;

/**
 * How the images of a batch were blended with one another; Zhang et al. 2018, "mixup: Beyond
 * empirical risk minimization", <a href="https://arxiv.org/abs/1710.09412">arXiv:1710.09412</a>.
 * What is learnt of a blend is to be blended in the same way.
 *
 * @param partners [batch], which image of the batch each was blended with; maybe itself
 * @param shares [batch], how much of each is the image that has its label, from 0.5 to 1; the rest
 *     is its partner
 */
public record Mixup(int[] partners, float[] shares) {
  private static final long STREAM = 0x6d697875L; // "mixu"

  /**
   * Draws for one batch; a pure function of its arguments.
   *
   * @param strength both parameters of the beta distribution that shares come from, above 0, at
   *     most 1, at which any blend is as likely as any other; folded, so that the label is always
   *     that of the larger share
   */
  static Mixup draw(float strength, int count, long seed, long batch) {
    Draws draws = new Draws(STREAM, seed, batch);
    int[] partners = new int[count];
    float[] shares = new float[count];
    for (int i = 0; i < count; i++) {
      partners[i] = i;
      double share = draws.beta(strength);
      shares[i] = (float) Math.max(share, 1 - share);
    }
    draws.shuffle(partners);
    return new Mixup(partners, shares);
  }

  /**
   * Blends the images of a batch where they lie.
   *
   * @param images [batch, values]
   */
  void blend(float[] images) {
    float[] plain = images.clone();
    int length = images.length / partners.length;
    for (int i = 0; i < partners.length; i++) {
      int own = i * length;
      int other = partners[i] * length;
      for (int j = 0; j < length; j++) {
        images[own + j] = shares[i] * plain[own + j] + (1 - shares[i]) * plain[other + j];
      }
    }
  }
}
