package semigan.kernels.cpu;

/**
 * Winograd's minimal filtering F(n, 2): n neighbouring outputs of a filter with two taps from n + 1
 * products where the sum itself takes 2 n (Lavin and Gray 2016, arXiv:1509.09308), {@code y = A'((G
 * g) (B'd))} for n + 1 inputs {@code d}, two taps {@code g} and n outputs {@code y}. Applied along
 * the rows and then along the columns of a tile. Larger tiles save more products, smaller ones have
 * a smaller transformed filter.
 *
 * <p>Each method transforms many such vectors at once: element {@code i} of all its arrays is one
 * of them. They work in place. HotSpot vectorises these loops since they index with the loop's own
 * variable alone and read all that they need before they write.
 */
abstract class Winograd {
  /** Taps along one axis. */
  static final int TAPS = 2;

  private static final int LINE = 16;

  private final int outputs;

  /**
   * @param outputs of a tile along one axis
   */
  Winograd(int outputs) {
    this.outputs = outputs;
  }

  /** Outputs of a tile along one axis. */
  final int outputs() {
    return outputs;
  }

  /** Inputs of a tile along one axis, and products. */
  final int points() {
    return outputs + TAPS - 1;
  }

  /** Products of a tile. */
  final int tilePoints() {
    return points() * points();
  }

  /**
   * The distance between the matrices of two points, in elements: a little more than their size, so
   * that the same element of all of them does not fall into the same few lines of the caches.
   */
  static long apart(long size) {
    return (size + LINE - 1) / LINE * LINE + 5 * LINE;
  }

  /** {@code B'} along one axis: inputs to the points. */
  abstract void input(float[][] d, int length);

  /** {@code B}: from gradients at the points to those of the inputs. */
  abstract void inputBackward(float[][] d, int length);

  /** {@code A'}: products to outputs, in all arrays but the last. */
  abstract void output(float[][] d, int length);

  /** {@code A}: gradients of outputs, in all arrays but the last, to those of the products. */
  abstract void outputBackward(float[][] d, int length);

  /** {@code G}: two taps, in the first two arrays, to the points. */
  abstract void filter(float[][] d, int length);

  /** {@code G'}: gradients at the points to those of two taps, in the first two arrays. */
  abstract void filterBackward(float[][] d, int length);

  /** A tile's inputs to its points. */
  final void input(float[][][] d, int length) {
    transform(this::input, d, points(), points(), length);
  }

  /** The adjoint of {@link #input(float[][][], int)}. */
  final void inputBackward(float[][][] d, int length) {
    transform(this::inputBackward, d, points(), points(), length);
  }

  /** Products at a tile's points to its outputs, in all rows and columns but the last. */
  final void output(float[][][] d, int length) {
    transform(this::output, d, points(), outputs, length);
  }

  /** The adjoint of {@link #output(float[][][], int)}. */
  final void outputBackward(float[][][] d, int length) {
    transform(this::outputBackward, d, outputs, points(), length);
  }

  /** Taps, in the first two rows and columns, to a tile's points. */
  final void filter(float[][][] d, int length) {
    transform(this::filter, d, TAPS, points(), length);
  }

  /** The adjoint of {@link #filter(float[][][], int)}. */
  final void filterBackward(float[][][] d, int length) {
    transform(this::filterBackward, d, points(), TAPS, length);
  }

  private interface Axis {
    void run(float[][] d, int length);
  }

  /** Along so many rows, then along so many columns. */
  private void transform(Axis axis, float[][][] d, int rows, int columns, int length) {
    for (int r = 0; r < rows; r++) {
      axis.run(d[r], length);
    }
    float[][] column = new float[points()][];
    for (int c = 0; c < columns; c++) {
      for (int r = 0; r < column.length; r++) {
        column[r] = d[r][c];
      }
      axis.run(column, length);
    }
  }
}
