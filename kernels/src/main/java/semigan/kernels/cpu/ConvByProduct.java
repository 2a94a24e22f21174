package semigan.kernels.cpu;

import static semigan.kernels.cpu.Product.Epilogue.ADDED;
import static semigan.kernels.cpu.Product.Epilogue.NONE;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.MatmulGeometry;

/**
 * Convolutions by a matrix product, where that is faster than oneDNN's: the input's gradient where
 * the image has few channels, and in BF16 the filter's gradient and the forward with a large
 * filter. All have a matrix of columns in between, {@code [pixels of the output, window]}.
 */
final class ConvByProduct {
  /** More elements than this cost more memory than the time is worth. */
  private static final long MOST_COLUMNS = 1 << 25;

  /** Elements that stay in the caches until they are multiplied: 4 MiB. */
  private static final long CACHED_COLUMNS = 1 << 21;

  /** With more channels the sum over columns costs more than the convolution. */
  private static final int FEW_CHANNELS = 4;

  /** Elements of a filter: 1 MiB. */
  private static final long LARGE_FILTER = 1 << 19;

  private static final int SHORT_ROW = 4;

  private final Plans plans;
  private final Workers workers;
  private final Widening widening;
  private final Backend backend;
  private final float[][] columns;
  private final float[][] images;
  private short[] padding = {};

  ConvByProduct(Plans plans, Workers workers, Widening widening, Backend backend) {
    this.plans = plans;
    this.workers = workers;
    this.widening = widening;
    this.backend = backend;
    columns = new float[workers.threads()][0];
    images = new float[workers.threads()][0];
  }

  /** Of the output, in all images. */
  private static int pixels(Conv2dGeometry g) {
    return g.batch() * g.outHeight() * g.outWidth();
  }

  /** Elements of the matrix of columns of all images. */
  private static long columns(Conv2dGeometry g) {
    return (long) pixels(g) * g.window();
  }

  /** With columns of so many elements at most, as long as an image has no more. */
  private static List<BatchPart> parts(Conv2dGeometry g, long most) {
    return BatchPart.of(g, (int) Math.max(1, most / columns(g.withBatch(1))));
  }

  /** Whether {@link #backwardInputByColumns} beats oneDNN. */
  static boolean hasFewInputChannels(Conv2dGeometry g) {
    return g.inChannels() <= FEW_CHANNELS
        && g.outChannels() > FEW_CHANNELS
        && columns(g.withBatch(1)) <= MOST_COLUMNS;
  }

  /**
   * The share of every output pixel in every element of its window is one product, {@code [pixels,
   * out] [out, window]}; each input pixel then sums the windows that it lies in.
   */
  void backwardInputByColumns(Conv2dGeometry g, Buffer dy, Buffer w, Buffer dx) {
    try (var wide = widening.open()) {
      CpuBuffer sums = wide.writing(dx);
      parts(g, MOST_COLUMNS).forEach(part -> backwardInputByColumns(part, dy, w, sums));
    }
  }

  private void backwardInputByColumns(BatchPart part, Buffer dy, Buffer w, CpuBuffer dx) {
    Conv2dGeometry g = part.geometry();
    try (var shares = allocateColumns(DType.F32, g)) {
      var product = new MatmulGeometry(pixels(g), g.window(), g.outChannels(), false, false);
      backend.gemm().matmul(product, part.output(dy), w, shares.buffer());
      FloatBuffer terms = shares.buffer().floats();
      FloatBuffer sums = part.input(dx).floats();
      workers.share(g.batch(), (thread, from, to) -> sumWindows(g, thread, from, to, terms, sums));
    }
  }

  /**
   * Whether {@link #backwardWeightByColumns} beats oneDNN, which has to sort both operands before
   * it can multiply BF16 in pairs, and with a stride does so badly.
   */
  static boolean isStridedBf16(Conv2dGeometry g, DType type) {
    return type == DType.BF16
        && g.strideHeight() * g.strideWidth() > 1
        && g.inChannels() > FEW_CHANNELS
        && columns(g.withBatch(1)) <= MOST_COLUMNS;
  }

  /**
   * Whether {@link #forwardByColumns} beats oneDNN: with short rows of pixels for a filter that the
   * second cache does not hold (measured: 1.4 times as fast at a width of 4, slower at 8).
   */
  static boolean hasLargeFilterBf16(Conv2dGeometry g, DType type) {
    return isStridedBf16(g, type)
        && columns(g) <= MOST_COLUMNS
        && g.outWidth() <= SHORT_ROW
        && (long) g.window() * g.outChannels() >= LARGE_FILTER;
  }

  /** {@code y [pixels, out] = columns [pixels, window] w' [window, out]}, of BF16. */
  void forwardByColumns(Conv2dGeometry g, Buffer x, Buffer w, Buffer y) {
    try (var windows = allocateColumns(DType.BF16, g)) {
      copyWindows(g, x, windows.buffer());
      var product = new MatmulGeometry(pixels(g), g.outChannels(), g.window(), false, true);
      backend.gemm().matmul(product, windows.buffer(), w, y);
    }
  }

  /**
   * {@code dw [out, window] = dy' [out, pixels] columns [pixels, window]}, of BF16, summed in F32.
   */
  void backwardWeightByColumns(Conv2dGeometry g, Buffer x, Buffer dy, Buffer dw) {
    List<BatchPart> parts = parts(g, CACHED_COLUMNS);
    if (parts.size() == 1) {
      addGradient(parts.get(0), x, dy, CpuBuffer.of(dw));
      return;
    }
    try (var sums = Temporary.allocate(backend, DType.F32, dw.length())) {
      parts.forEach(part -> addGradient(part, x, dy, sums.buffer()));
      widening.convert(sums.buffer(), CpuBuffer.of(dw));
    }
  }

  /** What some images give to a filter's gradient; the first of them overwrites what is there. */
  private void addGradient(BatchPart part, Buffer x, Buffer dy, CpuBuffer dw) {
    Conv2dGeometry g = part.geometry();
    try (var windows = allocateColumns(DType.BF16, g)) {
      copyWindows(g, part.input(x), windows.buffer());
      var product =
          new Product(
              Matrices.one(DType.BF16, pixels(g), g.outChannels()).turned(),
              Matrices.one(DType.BF16, pixels(g), g.window()),
              Matrices.one(dw.type(), g.outChannels(), g.window()),
              part.isFirst() ? NONE : ADDED);
      plans.get(product, product::describe).run(part.output(dy), windows.buffer(), dw);
    }
  }

  private Temporary allocateColumns(DType type, Conv2dGeometry g) {
    return Temporary.allocate(backend, type, columns(g));
  }

  private void copyWindows(Conv2dGeometry g, Buffer x, CpuBuffer windows) {
    ShortBuffer source = CpuBuffer.of(x).shorts();
    ShortBuffer target = windows.shorts();
    int stretch = g.kernelWidth() * g.inChannels();
    padding = padding.length < stretch ? new short[stretch] : padding;
    workers.share(g.batch(), (thread, from, to) -> copyWindows(g, from, to, source, target));
  }

  /** Of the images from {@code first} to before {@code end}. */
  private void copyWindows(
      Conv2dGeometry g, int first, int end, ShortBuffer x, ShortBuffer windows) {
    int stretch = g.kernelWidth() * g.inChannels();
    int to = first * g.outHeight() * g.outWidth() * g.window();
    for (int n = first; n < end; n++) {
      for (int oh = 0; oh < g.outHeight(); oh++) {
        for (int ow = 0; ow < g.outWidth(); ow++) {
          int left = (ow * g.strideWidth() - g.padLeft()) * g.inChannels();
          for (int kh = 0; kh < g.kernelHeight(); kh++) {
            int ih = oh * g.strideHeight() - g.padTop() + kh;
            copyStretch(g, x, n * g.inHeight() + ih, ih, left, windows, to);
            to += stretch;
          }
        }
      }
    }
  }

  /** One row of one window: what lies in the image, and zeros for the padding. */
  private void copyStretch(
      Conv2dGeometry g, ShortBuffer x, int row, int ih, int left, ShortBuffer windows, int to) {
    int stretch = g.kernelWidth() * g.inChannels();
    int width = g.inWidth() * g.inChannels();
    int from = Math.max(left, 0);
    int end = Math.min(left + stretch, width);
    if (ih < 0 || ih >= g.inHeight() || from >= end) {
      windows.put(to, padding, 0, stretch);
      return;
    }
    windows.put(to, padding, 0, from - left);
    windows.put(to + from - left, x, row * width + from, end - from);
    windows.put(to + end - left, padding, 0, left + stretch - end);
  }

  /** Of the images from {@code first} to before {@code end}. */
  private void sumWindows(
      Conv2dGeometry g, int thread, int first, int end, FloatBuffer shares, FloatBuffer dx) {
    int row = g.outWidth() * g.window();
    int size = g.inHeight() * g.inWidth() * g.inChannels();
    float[] windows = columns[thread] = atLeast(row, columns[thread]);
    float[] image = images[thread] = atLeast(size, images[thread]);
    for (int n = first; n < end; n++) {
      Arrays.fill(image, 0, size, 0);
      for (int oh = 0; oh < g.outHeight(); oh++) {
        shares.get((n * g.outHeight() + oh) * row, windows, 0, row);
        sumRow(g, oh, windows, image);
      }
      dx.put(n * size, image, 0, size);
    }
  }

  private static float[] atLeast(int length, float[] array) {
    return array.length < length ? new float[length] : array;
  }

  /** Adds the windows of one row of outputs to an image. */
  private static void sumRow(Conv2dGeometry g, int oh, float[] windows, float[] image) {
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
          image[ih * width + i] += windows[from + i];
        }
      }
    }
  }
}
