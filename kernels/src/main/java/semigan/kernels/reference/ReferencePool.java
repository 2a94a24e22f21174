package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.Pool2dGeometry;
import semigan.kernels.PoolKernels;

/** Pooling, window by window: each output looks at the inputs of its window, row by row. */
final class ReferencePool implements PoolKernels {
  /** One window: its output's position, and those of the inputs inside the image. */
  private interface Window {
    void at(int y, int[] xs);
  }

  @Override
  public void averageForward(Pool2dGeometry geometry, Buffer x, Buffer y) {
    var input = ReferenceBuffer.of(x);
    var output = ReferenceBuffer.of(y);
    windows(
        geometry,
        (yAt, xs) -> {
          double sum = 0;
          for (int xAt : xs) {
            sum += input.get(xAt);
          }
          output.set(yAt, sum / xs.length);
        });
  }

  @Override
  public void averageBackward(Pool2dGeometry geometry, Buffer dy, Buffer dx) {
    var upstream = ReferenceBuffer.of(dy);
    double[] sums = new double[(int) dx.length()];
    windows(
        geometry,
        (yAt, xs) -> {
          for (int xAt : xs) {
            sums[xAt] += upstream.get(yAt) / xs.length;
          }
        });
    ReferenceBuffer.of(dx).setAll(sums);
  }

  @Override
  public void maxForward(Pool2dGeometry geometry, Buffer x, Buffer y) {
    var input = ReferenceBuffer.of(x);
    var output = ReferenceBuffer.of(y);
    windows(geometry, (yAt, xs) -> output.set(yAt, input.get(firstLargest(input, xs))));
  }

  @Override
  public void maxBackward(Pool2dGeometry geometry, Buffer x, Buffer dy, Buffer dx) {
    var input = ReferenceBuffer.of(x);
    var upstream = ReferenceBuffer.of(dy);
    double[] sums = new double[(int) dx.length()];
    windows(geometry, (yAt, xs) -> sums[firstLargest(input, xs)] += upstream.get(yAt));
    ReferenceBuffer.of(dx).setAll(sums);
  }

  private static int firstLargest(ReferenceBuffer input, int[] xs) {
    int best = xs[0];
    for (int xAt : xs) {
      if (input.get(xAt) > input.get(best)) {
        best = xAt;
      }
    }
    return best;
  }

  private static void windows(Pool2dGeometry g, Window window) {
    for (int n = 0; n < g.batch(); n++) {
      for (int outRow = 0; outRow < g.outHeight(); outRow++) {
        for (int outColumn = 0; outColumn < g.outWidth(); outColumn++) {
          int top = outRow * g.strideHeight() - g.padTop();
          int left = outColumn * g.strideWidth() - g.padLeft();
          int y = ((n * g.outHeight() + outRow) * g.outWidth() + outColumn) * g.channels();
          for (int channel = 0; channel < g.channels(); channel++) {
            window.at(y + channel, inputs(g, n, top, left, channel));
          }
        }
      }
    }
  }

  /** Positions of one channel's inputs in the window at {@code (top, left)}, without padding. */
  private static int[] inputs(Pool2dGeometry g, int n, int top, int left, int channel) {
    int firstRow = Math.max(top, 0);
    int firstColumn = Math.max(left, 0);
    int endRow = Math.min(top + g.kernelHeight(), g.inHeight());
    int endColumn = Math.min(left + g.kernelWidth(), g.inWidth());
    int[] positions = new int[(endRow - firstRow) * (endColumn - firstColumn)];
    int i = 0;
    for (int row = firstRow; row < endRow; row++) {
      for (int column = firstColumn; column < endColumn; column++) {
        positions[i++] = ((n * g.inHeight() + row) * g.inWidth() + column) * g.channels() + channel;
      }
    }
    return positions;
  }
}
