package semigan.gan.data;

/**
 * One random deformation of an image: turned, scaled, sheared and moved as a whole, and bent by a
 * smooth field of displacements, such as Simard et al. 2003, "Best practices for convolutional
 * neural networks applied to visual document analysis", use for digits. A class stays what it is,
 * within the limits below.
 */
final class Distortion {
  private static final long STREAM = 0x62656e64L; // "bend"
  private static final float BLACK = -1;

  /** What a strength of 1 means; what is drawn is uniform up to it, both ways. */
  private static final double TURN = Math.toRadians(30);

  private static final float SCALE = 0.3f; // of the logarithm
  private static final float SHEAR = 0.3f;
  private static final float MOVE = 0.15f; // of the image's height and width
  private static final float BEND = 0.1f; // of the image's height and width

  /** Displacements are drawn at so many points each way, and linear between them. */
  private static final int NODES = 5;

  private final float strength;
  private final Draws draws;
  // An output pixel at (y, x) from the centre comes from matrix * (y, x) + (down, right) + bend.
  private final float[] matrix = new float[4];
  private final float down;
  private final float right;
  private final float[][] bend = new float[2][NODES * NODES]; // [down, right][node]

  private Distortion(float strength, ImageDataset form, Draws draws) {
    this.strength = strength;
    this.draws = draws;
    double angle = upTo((float) TURN);
    double tall = Math.exp(upTo(SCALE));
    double wide = Math.exp(upTo(SCALE));
    float shear = upTo(SHEAR);
    matrix[0] = (float) (tall * Math.cos(angle));
    matrix[1] = (float) (wide * (-Math.sin(angle) + shear * Math.cos(angle)));
    matrix[2] = (float) (tall * Math.sin(angle));
    matrix[3] = (float) (wide * (Math.cos(angle) + shear * Math.sin(angle)));
    down = upTo(MOVE * form.height());
    right = upTo(MOVE * form.width());
    for (int node = 0; node < NODES * NODES; node++) {
      bend[0][node] = upTo(BEND * form.height());
      bend[1][node] = upTo(BEND * form.width());
    }
  }

  private float upTo(float most) {
    return strength * draws.between(-most, most);
  }

  /** The one of an image's place in a run. */
  static Distortion draw(
      float strength, ImageDataset form, long seed, long batch, int position, int view) {
    return new Distortion(strength, form, new Draws(STREAM, seed, batch, position, view));
  }

  /** Deforms the image of [height, width, channels] that begins at {@code offset}. */
  void apply(float[] images, int offset, ImageDataset form) {
    float[] from = new float[form.imageLength()];
    System.arraycopy(images, offset, from, 0, from.length);
    int height = form.height();
    int width = form.width();
    float middleY = (height - 1) / 2f;
    float middleX = (width - 1) / 2f;
    int to = offset;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++, to += form.channels()) {
        float fromY = matrix[0] * (y - middleY) + matrix[1] * (x - middleX) + middleY + down;
        float fromX = matrix[2] * (y - middleY) + matrix[3] * (x - middleX) + middleX + right;
        float row = (float) y * (NODES - 1) / Math.max(1, height - 1);
        float column = (float) x * (NODES - 1) / Math.max(1, width - 1);
        sample(
            from,
            form,
            fromY + between(bend[0], row, column),
            fromX + between(bend[1], row, column),
            images,
            to);
      }
    }
  }

  /** A field between its nodes. */
  private static float between(float[] field, float row, float column) {
    int top = Math.min((int) row, NODES - 2);
    int left = Math.min((int) column, NODES - 2);
    float below = row - top;
    float beside = column - left;
    int node = top * NODES + left;
    float above = field[node] + beside * (field[node + 1] - field[node]);
    int next = node + NODES;
    float under = field[next] + beside * (field[next + 1] - field[next]);
    return above + below * (under - above);
  }

  /** Writes the pixel that lies at a place between pixels. */
  private static void sample(
      float[] from, ImageDataset form, float y, float x, float[] target, int to) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    float below = y - top;
    float beside = x - left;
    for (int channel = 0; channel < form.channels(); channel++) {
      float above =
          (1 - beside) * at(from, form, top, left, channel)
              + beside * at(from, form, top, left + 1, channel);
      float under =
          (1 - beside) * at(from, form, top + 1, left, channel)
              + beside * at(from, form, top + 1, left + 1, channel);
      target[to + channel] = (1 - below) * above + below * under;
    }
  }

  private static float at(float[] image, ImageDataset form, int y, int x, int channel) {
    boolean inside = y >= 0 && y < form.height() && x >= 0 && x < form.width();
    return inside ? image[(y * form.width() + x) * form.channels() + channel] : BLACK;
  }
}
