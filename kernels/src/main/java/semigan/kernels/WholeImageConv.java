package semigan.kernels;

/**
 * Convolutions whose filter sees the whole of an image at once, so that the output is one pixel:
 * the first layer of a generator and the last of a discriminator. Each is one matrix product, of
 * the operands as they lie in memory.
 */
public final class WholeImageConv implements ConvKernels {
  private final Backend backend;

  /**
   * @param backend whose products are used
   */
  public WholeImageConv(Backend backend) {
    this.backend = backend;
  }

  /** Whether a convolution is one of these. */
  public static boolean fits(Conv2dGeometry g) {
    return g.kernelHeight() == g.inHeight()
        && g.kernelWidth() == g.inWidth()
        && g.padTop() + g.padLeft() + g.padBottom() + g.padRight() == 0;
  }

  /** {@code y [batch, out] = x [batch, window] w' [window, out]}. */
  @Override
  public void forward(Conv2dGeometry g, Buffer x, Buffer w, Buffer y) {
    product(g.batch(), g.outChannels(), g.window(), false, true, x, w, y);
  }

  /** {@code dx [batch, window] = dy [batch, out] w [out, window]}. */
  @Override
  public void backwardInput(Conv2dGeometry g, Buffer dy, Buffer w, Buffer dx) {
    product(g.batch(), g.window(), g.outChannels(), false, false, dy, w, dx);
  }

  /** {@code dw [out, window] = dy' [out, batch] x [batch, window]}. */
  @Override
  public void backwardWeight(Conv2dGeometry g, Buffer x, Buffer dy, Buffer dw) {
    product(g.outChannels(), g.window(), g.batch(), true, false, dy, x, dw);
  }

  private void product(
      int rows,
      int columns,
      int inner,
      boolean turnA,
      boolean turnB,
      Buffer a,
      Buffer b,
      Buffer c) {
    backend.gemm().matmul(new MatmulGeometry(rows, columns, inner, turnA, turnB), a, b, c);
  }
}
