package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvKernels;

/**
 * A convolution is a set of triples of elements, one of {@code x}, one of {@code w} and one of
 * {@code y}: each adds {@code x w} to {@code y}. Its gradients run over the same triples.
 */
final class ReferenceConv implements ConvKernels {
  /** One triple, as positions in the three buffers. */
  private interface Tap {
    void at(int x, int w, int y);
  }

  @Override
  public void forward(Conv2dGeometry geometry, Buffer x, Buffer w, Buffer y) {
    var input = ReferenceBuffer.of(x);
    var filter = ReferenceBuffer.of(w);
    double[] sums = new double[(int) geometry.outputLength()];
    taps(geometry, (xAt, wAt, yAt) -> sums[yAt] += input.get(xAt) * filter.get(wAt));
    ReferenceBuffer.of(y).setAll(sums);
  }

  @Override
  public void backwardInput(Conv2dGeometry geometry, Buffer dy, Buffer w, Buffer dx) {
    var gradient = ReferenceBuffer.of(dy);
    var filter = ReferenceBuffer.of(w);
    double[] sums = new double[(int) geometry.inputLength()];
    taps(geometry, (xAt, wAt, yAt) -> sums[xAt] += gradient.get(yAt) * filter.get(wAt));
    ReferenceBuffer.of(dx).setAll(sums);
  }

  @Override
  public void backwardWeight(Conv2dGeometry geometry, Buffer x, Buffer dy, Buffer dw) {
    var input = ReferenceBuffer.of(x);
    var gradient = ReferenceBuffer.of(dy);
    double[] sums = new double[(int) geometry.filterLength()];
    taps(geometry, (xAt, wAt, yAt) -> sums[wAt] += input.get(xAt) * gradient.get(yAt));
    ReferenceBuffer.of(dw).setAll(sums);
  }

  /** Calls {@code tap} for every triple whose input is not padding. */
  private static void taps(Conv2dGeometry g, Tap tap) {
    for (int n = 0; n < g.batch(); n++) {
      for (int outRow = 0; outRow < g.outHeight(); outRow++) {
        for (int outColumn = 0; outColumn < g.outWidth(); outColumn++) {
          for (int kernelRow = 0; kernelRow < g.kernelHeight(); kernelRow++) {
            for (int kernelColumn = 0; kernelColumn < g.kernelWidth(); kernelColumn++) {
              int row = outRow * g.strideHeight() - g.padTop() + kernelRow;
              int column = outColumn * g.strideWidth() - g.padLeft() + kernelColumn;
              if (0 <= row && row < g.inHeight() && 0 <= column && column < g.inWidth()) {
                int x = ((n * g.inHeight() + row) * g.inWidth() + column) * g.inChannels();
                int y = ((n * g.outHeight() + outRow) * g.outWidth() + outColumn);
                int w = (kernelRow * g.kernelWidth() + kernelColumn) * g.inChannels();
                channels(g, x, w, y * g.outChannels(), tap);
              }
            }
          }
        }
      }
    }
  }

  /** Every pair of channels of one input position and one output position. */
  private static void channels(Conv2dGeometry g, int x, int w, int y, Tap tap) {
    int filter = g.kernelHeight() * g.kernelWidth() * g.inChannels();
    for (int out = 0; out < g.outChannels(); out++) {
      for (int in = 0; in < g.inChannels(); in++) {
        tap.at(x + in, w + out * filter + in, y + out);
      }
    }
  }
}
