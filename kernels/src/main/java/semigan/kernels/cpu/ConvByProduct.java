package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.MatmulGeometry;

/**
 * Convolutions that are faster as matrix products: the first and the last layer of a network of
 * images, where oneDNN's convolutions are several times slower than its products.
 */
final class ConvByProduct {
  /** With more channels the sum over columns costs more than the convolution. */
  private static final int FEW_CHANNELS = 4;

  private final Backend backend;
  private float[] columns = {};
  private float[] image = {};

  ConvByProduct(Backend backend) {
    this.backend = backend;
  }

  /** Whether the filter sees the whole of an image at once, so that its output is one pixel. */
  static boolean isOneProduct(Conv2dGeometry g) {
    return g.kernelHeight() == g.inHeight()
        && g.kernelWidth() == g.inWidth()
        && g.padTop() + g.padLeft() + g.padBottom() + g.padRight() == 0;
  }

  /** {@code y [batch, out] = x [batch, window] w' [window, out]}. */
  void forward(Conv2dGeometry g, Buffer x, Buffer w, Buffer y) {
    product(g.batch(), g.outChannels(), window(g), false, true, x, w, y);
  }

  /** {@code dx [batch, window] = dy [batch, out] w [out, window]}. */
  void backwardInput(Conv2dGeometry g, Buffer dy, Buffer w, Buffer dx) {
    product(g.batch(), window(g), g.outChannels(), false, false, dy, w, dx);
  }

  /** {@code dw [out, window] = dy' [out, batch] x [batch, window]}. */
  void backwardWeight(Conv2dGeometry g, Buffer x, Buffer dy, Buffer dw) {
    product(g.outChannels(), window(g), g.batch(), true, false, dy, x, dw);
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

  /** Elements that one output pixel sees. */
  private static int window(Conv2dGeometry g) {
    return g.kernelHeight() * g.kernelWidth() * g.inChannels();
  }

  /** Whether {@link #backwardInputByColumns} beats oneDNN. */
  static boolean hasFewInputChannels(Conv2dGeometry g) {
    return g.inChannels() <= FEW_CHANNELS && g.outChannels() > FEW_CHANNELS;
  }

  /**
   * The share of every output pixel in every element of its window is one product, {@code [pixels,
   * out] [out, window]}; each input pixel then sums the windows that it lies in.
   */
  void backwardInputByColumns(Conv2dGeometry g, Buffer dy, Buffer w, Buffer dx) {
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    Buffer shares = backend.allocate(DType.F32, (long) pixels * window(g));
    product(pixels, window(g), g.outChannels(), false, false, dy, w, shares);
    sumWindows(g, CpuBuffer.of(shares).floats(), CpuBuffer.of(dx).floats());
    backend.release(shares);
  }

  private void sumWindows(Conv2dGeometry g, FloatBuffer shares, FloatBuffer dx) {
    int row = g.outWidth() * window(g);
    int size = g.inHeight() * g.inWidth() * g.inChannels();
    columns = columns.length < row ? new float[row] : columns;
    image = image.length < size ? new float[size] : image;
    for (int n = 0; n < g.batch(); n++) {
      Arrays.fill(image, 0, size, 0);
      for (int oh = 0; oh < g.outHeight(); oh++) {
        shares.get((n * g.outHeight() + oh) * row, columns, 0, row);
        sumRow(g, oh);
      }
      dx.put(n * size, image, 0, size);
    }
  }

  /** Adds the windows of one row of outputs, held in {@code columns}, to {@code image}. */
  private void sumRow(Conv2dGeometry g, int oh) {
    int stretch = g.kernelWidth() * g.inChannels();
    int width = g.inWidth() * g.inChannels();
    for (int kh = 0; kh < g.kernelHeight(); kh++) {
      int ih = oh * g.strideHeight() - g.padTop() + kh;
      if (ih < 0 || ih >= g.inHeight()) {
        continue;
      }
      for (int ow = 0; ow < g.outWidth(); ow++) {
        // The stretch of this window in this row; what lies in the padding is cut off.
        int left = (ow * g.strideWidth() - g.padLeft()) * g.inChannels();
        int from = (ow * g.kernelHeight() + kh) * stretch - left;
        int end = Math.min(left + stretch, width);
        for (int i = Math.max(left, 0); i < end; i++) {
          image[ih * width + i] += columns[from + i];
        }
      }
    }
  }
}
