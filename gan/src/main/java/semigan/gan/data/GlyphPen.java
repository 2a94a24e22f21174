package semigan.gan.data;

import java.util.List;
import semigan.gan.data.GlyphShapes.Stroke;

/**
 * Writes one digit as a hand would: the strokes of {@link GlyphShapes} with unsteady joints, on
 * paper that is bent and stretched, in a random pose, with a soft round brush. Everything random
 * comes from the {@link Draws} it is given; only float arithmetic and {@link StrictMath} are used,
 * so that every JDK draws the same bytes.
 */
final class GlyphPen {
  /** Height and width of a picture, in pixels. */
  static final int SIZE = 28;

  private static final int PIECES_PER_CURVE = 8;

  /** Nodes along one side of the grid whose random shifts bend the paper. */
  private static final int GRID = 4;

  private static final float JOINT_SD = 0.045f;
  private static final float BEND_SD = 0.05f;
  private static final float ROTATION_SD = 0.14f;
  private static final float SHEAR_SD = 0.2f;
  private static final float SHIFT_SD = 0.6f;

  private final Draws draws;
  private final float[] ink = new float[SIZE * SIZE]; // [row, column], coverage in [0, 1]
  private final float[] bend = new float[GRID * GRID * 2]; // [row, column, (x, y)]
  // The pose: pixel = matrix * point + shift.
  private final float xx;
  private final float xy;
  private final float yx;
  private final float yy;
  private final float shiftX;
  private final float shiftY;
  private final float radius;
  private final float pressure;
  private final float softness;

  private GlyphPen(Draws draws) {
    this.draws = draws;
    for (int i = 0; i < bend.length; i++) {
      bend[i] = draws.bell(BEND_SD);
    }
    float angle = draws.bell(ROTATION_SD);
    float shear = draws.bell(SHEAR_SD);
    float tall = draws.between(17, 21);
    float wide = tall * draws.between(0.65f, 1.0f);
    float cos = (float) StrictMath.cos(angle);
    float sin = (float) StrictMath.sin(angle);
    xx = cos * wide;
    xy = (cos * -shear - sin) * tall;
    yx = sin * wide;
    yy = (sin * -shear + cos) * tall;
    shiftX = SIZE / 2f + draws.bell(SHIFT_SD);
    shiftY = SIZE / 2f + draws.bell(SHIFT_SD);
    radius = draws.between(0.8f, 1.8f);
    pressure = draws.between(-0.3f, 0.3f);
    softness = draws.between(0.5f, 0.9f);
  }

  /**
   * A picture of {@code digit}: [SIZE, SIZE] bytes, 0 is paper (black) and 255 full ink (white).
   */
  static byte[] draw(int digit, Draws draws) {
    List<List<Stroke>> ways = GlyphShapes.ways(digit);
    List<Stroke> way = ways.get(draws.below(ways.size()));
    GlyphPen pen = new GlyphPen(draws);
    for (Stroke stroke : way) {
      pen.trace(pen.unsteady(stroke));
    }
    return pen.bytes();
  }

  /**
   * Moves every joint a little, and the controls on its two sides with it, so curves stay smooth.
   */
  private float[][] unsteady(Stroke stroke) {
    float[][] from = stroke.points();
    float[][] moved = new float[from.length][2];
    for (int joint = 0; joint < from.length; joint += 3) {
      float dx = draws.bell(JOINT_SD);
      float dy = draws.bell(JOINT_SD);
      for (int i = Math.max(0, joint - 1); i <= Math.min(joint + 1, from.length - 1); i++) {
        moved[i][0] = from[i][0] + dx;
        moved[i][1] = from[i][1] + dy;
      }
    }
    return moved;
  }

  /** Draws the curves of one stroke as short straight pieces. */
  private void trace(float[][] points) {
    int pieces = points.length / 3 * PIECES_PER_CURVE;
    float[] from = place(points[0][0], points[0][1]);
    for (int piece = 1; piece <= pieces; piece++) {
      int curve = (piece - 1) / PIECES_PER_CURVE;
      float t = (float) (piece - curve * PIECES_PER_CURVE) / PIECES_PER_CURVE;
      float[] to = place(cubic(points, 3 * curve, 0, t), cubic(points, 3 * curve, 1, t));
      float along = (float) piece / pieces;
      stamp(from, to, radius * (1 + pressure * (2 * along - 1)));
      from = to;
    }
  }

  private static float cubic(float[][] points, int first, int axis, float t) {
    float s = 1 - t;
    return s * s * s * points[first][axis]
        + 3 * s * s * t * points[first + 1][axis]
        + 3 * s * t * t * points[first + 2][axis]
        + t * t * t * points[first + 3][axis];
  }

  /** From the unit box to pixels: the paper's bending, then the pose. */
  private float[] place(float x, float y) {
    float column = within((x + 0.5f) * (GRID - 1), GRID - 1.001f);
    float row = within((y + 0.5f) * (GRID - 1), GRID - 1.001f);
    int node = ((int) row * GRID + (int) column) * 2;
    float u = smooth(column - (int) column);
    float v = smooth(row - (int) row);
    float bentX = x + shiftAt(node, u, v);
    float bentY = y + shiftAt(node + 1, u, v);
    return new float[] {
      xx * bentX + xy * bentY + shiftX, yx * bentX + yy * bentY + shiftY,
    };
  }

  /** The grid's shift between the four nodes whose first is {@code node}. */
  private float shiftAt(int node, float u, float v) {
    int below = node + 2 * GRID;
    float top = bend[node] + u * (bend[node + 2] - bend[node]);
    float bottom = bend[below] + u * (bend[below + 2] - bend[below]);
    return top + v * (bottom - top);
  }

  private static float smooth(float t) {
    return t * t * (3 - 2 * t);
  }

  private static float within(float value, float high) {
    return Math.max(0, Math.min(value, high));
  }

  /**
   * Inks what lies within {@code width} of the line from {@code a} to {@code b}, with a soft edge.
   */
  private void stamp(float[] a, float[] b, float width) {
    float reach = width + softness;
    int left = Math.max(0, (int) (Math.min(a[0], b[0]) - reach));
    int right = Math.min(SIZE - 1, (int) (Math.max(a[0], b[0]) + reach));
    int top = Math.max(0, (int) (Math.min(a[1], b[1]) - reach));
    int bottom = Math.min(SIZE - 1, (int) (Math.max(a[1], b[1]) + reach));
    float dx = b[0] - a[0];
    float dy = b[1] - a[1];
    float perSquare = 1 / Math.max(dx * dx + dy * dy, 1e-6f);
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        float px = column + 0.5f - a[0];
        float py = row + 0.5f - a[1];
        float t = within((px * dx + py * dy) * perSquare, 1);
        float ex = px - t * dx;
        float ey = py - t * dy;
        float distance = (float) Math.sqrt(ex * ex + ey * ey);
        float coverage = within((reach - distance) / (2 * softness), 1);
        int pixel = row * SIZE + column;
        ink[pixel] = Math.max(ink[pixel], coverage);
      }
    }
  }

  private byte[] bytes() {
    byte[] picture = new byte[ink.length];
    for (int i = 0; i < ink.length; i++) {
      picture[i] = (byte) (int) (255 * smooth(ink[i]) + 0.5f);
    }
    return picture;
  }
}
