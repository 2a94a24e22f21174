package semigan.gan.data;

import java.util.Arrays;

/**
 * Small changes to an image that leave its class as it is.
 *
 * @param maxShift moves the image by up to so many pixels down, up, right or left; black comes in
 * @param flip mirrors an image left to right, by an even chance
 * @param distortion how far it is turned, scaled, sheared and bent first, from 0 to 1; see {@link
 *     Distortion}
 * @param view which of several independent distortions of one image
 */
public record Augmentation(int maxShift, boolean flip, float distortion, int view) {
  private static final long STREAM = 0x6d6f7665L; // "move"
  private static final float BLACK = -1;

  /** Checks the shift. */
  public Augmentation {
    if (maxShift < 0) {
      throw new IllegalArgumentException(
          "largest shift is %d pixels, expected 0 or more".formatted(maxShift));
    }
    if (!(distortion >= 0 && distortion <= 1)) {
      throw new IllegalArgumentException("distortion is %s, expected 0 to 1".formatted(distortion));
    }
  }

  /** The first view. */
  public Augmentation(int maxShift, boolean flip, float distortion) {
    this(maxShift, flip, distortion, 0);
  }

  /**
   * Changes one image where it lies; a pure function of the image, seed, batch and position.
   *
   * @param images holds [height, width, channels] from {@code offset} on
   * @param form the data set that the image is of, for its sizes
   * @param batch the index of the batch in the run
   * @param position the image's place in the batch
   */
  public void apply(
      float[] images, int offset, ImageDataset form, long seed, long batch, int position) {
    if (distortion > 0) {
      Distortion.draw(distortion, form, seed, batch, position, view).apply(images, offset, form);
    }
    if (maxShift == 0 && !flip) {
      return;
    }
    Draws draws = new Draws(STREAM, seed, batch, position);
    int height = form.height();
    int width = form.width();
    int down = Math.max(-height, Math.min(draws.below(2 * maxShift + 1) - maxShift, height));
    int right = Math.max(-width, Math.min(draws.below(2 * maxShift + 1) - maxShift, width));
    boolean mirrored = flip && draws.below(2) == 1;
    int channels = form.channels();
    int row = width * channels;
    // Each row comes from the one at -down, so go against the movement.
    for (int i = 0; i < height; i++) {
      int r = down > 0 ? height - 1 - i : i;
      int to = offset + r * row;
      if (r - down < 0 || r - down >= height) {
        Arrays.fill(images, to, to + row, BLACK);
      } else {
        moveRow(images, to - down * row, to, row, right * channels);
        if (mirrored) {
          mirrorRow(images, to, width, channels);
        }
      }
    }
  }

  /** Copies a row to {@code to}, moved by {@code right} values. */
  private static void moveRow(float[] images, int from, int to, int row, int right) {
    int kept = row - Math.abs(right);
    if (right >= 0) {
      System.arraycopy(images, from, images, to + right, kept);
      Arrays.fill(images, to, to + right, BLACK);
    } else {
      System.arraycopy(images, from - right, images, to, kept);
      Arrays.fill(images, to + kept, to + row, BLACK);
    }
  }

  private static void mirrorRow(float[] images, int start, int width, int channels) {
    for (int column = 0; column < width / 2; column++) {
      for (int channel = 0; channel < channels; channel++) {
        int a = start + column * channels + channel;
        int b = start + (width - 1 - column) * channels + channel;
        float value = images[a];
        images[a] = images[b];
        images[b] = value;
      }
    }
  }
}
