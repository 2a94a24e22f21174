package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.MatmulGeometry;

/**
 * The input's gradient by a matrix product, where the image has few channels: oneDNN's convolutions
 * are several times slower there than its products.
 */
final class ConvByProduct {
  /** With more channels the sum over columns costs more than the convolution. */
  private static final int FEW_CHANNELS = 4;

  private final Widening widening;
  private final Backend backend;
  private float[] columns = {};
  private float[] image = {};

  ConvByProduct(Widening widening, Backend backend) {
    this.widening = widening;
    this.backend = backend;
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
    Buffer shares = backend.allocate(DType.F32, (long) pixels * g.window());
    var product = new MatmulGeometry(pixels, g.window(), g.outChannels(), false, false);
    backend.gemm().matmul(product, dy, w, shares);
    try (var wide = widening.open()) {
      sumWindows(g, CpuBuffer.of(shares).floats(), wide.writing(dx).floats());
    }
    backend.release(shares);
  }

  private void sumWindows(Conv2dGeometry g, FloatBuffer shares, FloatBuffer dx) {
    int row = g.outWidth() * g.window();
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
