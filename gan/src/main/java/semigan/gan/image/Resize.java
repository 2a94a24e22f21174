package semigan.gan.image;

import java.awt.image.BufferedImage;

/**
 * Resampling by the average over the area that a target pixel covers; where the target is the finer
 * one, linear interpolation between pixel centres. Rows and columns are done one after the other.
 */
final class Resize {
  private Resize() {}

  /**
   * Scales an image until it just covers the target, and crops what stands over, half on each side.
   *
   * @param channels 1 or 3
   * @return [targetHeight, targetWidth, channels] in [-1, 1]
   */
  static float[] cover(BufferedImage image, int channels, int targetHeight, int targetWidth) {
    int height = image.getHeight();
    int width = image.getWidth();
    double scale = Math.min((double) height / targetHeight, (double) width / targetWidth);
    Axis rows = new Axis(height, targetHeight, scale);
    Axis columns = new Axis(width, targetWidth, scale);
    Pixels.Rows source = Pixels.rows(image, channels);
    float[] row = new float[width * channels];
    // The rows that matter, each scaled to [targetWidth, channels].
    float[][] narrowed = new float[height][];
    for (int y = rows.first(); y < rows.end(); y++) {
      source.read(y, row);
      narrowed[y] = columns.apply(row, channels);
    }
    float[] target = new float[targetHeight * targetWidth * channels];
    for (int y = 0; y < targetHeight; y++) {
      rows.accumulate(narrowed, y, target, y * targetWidth * channels);
    }
    return target;
  }

  /** For each target position, the source positions that it is made of and their weights. */
  private static final class Axis {
    final int[] from;
    final float[][] weights;

    /**
     * @param scale source pixels per target pixel; the target is centred on the source
     */
    Axis(int source, int target, double scale) {
      from = new int[target];
      weights = new float[target][];
      double start = (source - target * scale) / 2;
      for (int i = 0; i < target; i++) {
        if (scale >= 1) {
          average(i, start + i * scale, start + (i + 1) * scale, source);
        } else {
          interpolate(i, start + (i + 0.5) * scale - 0.5, source);
        }
      }
    }

    int first() {
      return from[0];
    }

    int end() {
      return from[from.length - 1] + weights[weights.length - 1].length;
    }

    /** One row [source, channels] to [target, channels]. */
    float[] apply(float[] row, int channels) {
      float[] result = new float[from.length * channels];
      for (int i = 0; i < from.length; i++) {
        for (int k = 0; k < weights[i].length; k++) {
          for (int c = 0; c < channels; c++) {
            result[i * channels + c] += weights[i][k] * row[(from[i] + k) * channels + c];
          }
        }
      }
      return result;
    }

    /** Adds the rows that target row {@code i} is made of to {@code target[at ..]}. */
    void accumulate(float[][] source, int i, float[] target, int at) {
      for (int k = 0; k < weights[i].length; k++) {
        float[] row = source[from[i] + k];
        for (int x = 0; x < row.length; x++) {
          target[at + x] += weights[i][k] * row[x];
        }
      }
    }

    private void average(int i, double begin, double end, int source) {
      int first = Math.max(0, (int) Math.floor(begin));
      int last = Math.min(source, (int) Math.ceil(end));
      from[i] = first;
      weights[i] = new float[last - first];
      double sum = 0;
      for (int k = first; k < last; k++) {
        sum += Math.min(end, k + 1) - Math.max(begin, k);
      }
      for (int k = first; k < last; k++) {
        weights[i][k - first] = (float) ((Math.min(end, k + 1) - Math.max(begin, k)) / sum);
      }
    }

    private void interpolate(int i, double position, int source) {
      double inside = Math.max(0, Math.min(source - 1, position));
      int first = Math.min((int) inside, source - 1);
      float second = (float) (inside - first);
      from[i] = first;
      weights[i] = first + 1 < source ? new float[] {1 - second, second} : new float[] {1};
    }
  }
}
