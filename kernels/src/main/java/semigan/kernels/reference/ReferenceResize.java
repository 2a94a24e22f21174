package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.ResizeGeometry;
import semigan.kernels.ResizeGeometry.Method;
import semigan.kernels.ResizeKernels;

/** A resize is a weighted sum of inputs for each output; its gradient runs over the same terms. */
final class ReferenceResize implements ResizeKernels {
  /** One term: {@code y += weight x}. */
  private interface Term {
    void at(int x, double weight, int y);
  }

  /** What an output coordinate reads along one axis: two inputs and their shares. */
  private record Pair(int first, int second, double firstShare, double secondShare) {
    static Pair of(Method method, int o, int in, int out) {
      if (method == Method.NEAREST) {
        int index = ResizeGeometry.nearest(o, in, out);
        return new Pair(index, index, 1, 0);
      }
      double position = (o + 0.5) * in / out - 0.5;
      int below = (int) Math.floor(position);
      double share = position - below;
      return new Pair(Math.max(below, 0), Math.min(below + 1, in - 1), 1 - share, share);
    }
  }

  @Override
  public void forward(ResizeGeometry geometry, Method method, Buffer x, Buffer y) {
    var input = ReferenceBuffer.of(x);
    double[] sums = new double[(int) y.length()];
    terms(geometry, method, (xAt, weight, yAt) -> sums[yAt] += weight * input.get(xAt));
    ReferenceBuffer.of(y).setAll(sums);
  }

  @Override
  public void backward(ResizeGeometry geometry, Method method, Buffer dy, Buffer dx) {
    var upstream = ReferenceBuffer.of(dy);
    double[] sums = new double[(int) dx.length()];
    terms(geometry, method, (xAt, weight, yAt) -> sums[xAt] += weight * upstream.get(yAt));
    ReferenceBuffer.of(dx).setAll(sums);
  }

  private static void terms(ResizeGeometry g, Method method, Term term) {
    for (int n = 0; n < g.batch(); n++) {
      for (int outRow = 0; outRow < g.outHeight(); outRow++) {
        Pair rows = Pair.of(method, outRow, g.inHeight(), g.outHeight());
        for (int outColumn = 0; outColumn < g.outWidth(); outColumn++) {
          Pair columns = Pair.of(method, outColumn, g.inWidth(), g.outWidth());
          int y = ((n * g.outHeight() + outRow) * g.outWidth() + outColumn) * g.channels();
          int top = (n * g.inHeight() + rows.first) * g.inWidth();
          int bottom = (n * g.inHeight() + rows.second) * g.inWidth();
          pixel(g, top + columns.first, rows.firstShare * columns.firstShare, y, term);
          pixel(g, top + columns.second, rows.firstShare * columns.secondShare, y, term);
          pixel(g, bottom + columns.first, rows.secondShare * columns.firstShare, y, term);
          pixel(g, bottom + columns.second, rows.secondShare * columns.secondShare, y, term);
        }
      }
    }
  }

  private static void pixel(ResizeGeometry g, int xPixel, double weight, int y, Term term) {
    if (weight == 0) {
      return; // the element takes no part, even if it is infinite
    }
    for (int channel = 0; channel < g.channels(); channel++) {
      term.at(xPixel * g.channels() + channel, weight, y + channel);
    }
  }
}
