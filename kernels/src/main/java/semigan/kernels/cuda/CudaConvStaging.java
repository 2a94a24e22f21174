package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.util.List;
import jcuda.driver.JCudaDriver;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvDirection;
import semigan.kernels.StridedCopy;

/**
 * Brings a convolution's operands into a form that cuDNN takes: the same padding on both sides, and
 * aligned memory. Most are so already and stay where they are; the others are copied.
 */
final class CudaConvStaging {
  /** What tensor cores ask of an operand's address. */
  private static final long ALIGNMENT = 16;

  /** A convolution whose operands are as cuDNN wants them. */
  interface Convolution {
    void run(DnnConvolution.Key key, DnnConvolution.Operands at);
  }

  private final CudaContext context;
  private final Backend backend;

  CudaConvStaging(CudaContext context, Backend backend) {
    this.context = context;
    this.backend = backend;
  }

  /** Runs {@code convolution} on these operands, or on copies of them. */
  void run(
      ConvDirection direction,
      Conv2dGeometry g,
      Buffer x,
      Buffer w,
      Buffer y,
      Convolution convolution) {
    Conv2dGeometry even = withEvenPadding(g);
    if (even != null) {
      aligned(direction, even, x, w, y, convolution);
      return;
    }
    Conv2dGeometry unpadded = withoutPadding(g);
    Buffer canvas = backend.allocate(x.type(), unpadded.inputLength());
    try {
      if (direction == ConvDirection.BACKWARD_INPUT) {
        aligned(direction, unpadded, canvas, w, y, convolution);
        backend.copy().strided(copy(g, unpadded, true), canvas, x);
      } else {
        backend.elementwise().fill(canvas, 0);
        backend.copy().strided(copy(g, unpadded, false), x, canvas);
        aligned(direction, unpadded, canvas, w, y, convolution);
      }
    } finally {
      backend.release(canvas);
    }
  }

  /**
   * The same convolution with below what it has above, and right what it has left, or null if that
   * would be another one. Padding that no window reaches makes no difference.
   */
  static Conv2dGeometry withEvenPadding(Conv2dGeometry g) {
    if (g.padBottom() == g.padTop() && g.padRight() == g.padLeft()) {
      return g;
    }
    boolean fits =
        g.inHeight() + 2 * g.padTop() >= g.kernelHeight()
            && g.inWidth() + 2 * g.padLeft() >= g.kernelWidth();
    if (!fits) {
      return null;
    }
    Conv2dGeometry even = padded(g, g.inHeight(), g.inWidth(), g.padTop(), g.padLeft());
    return even.outHeight() == g.outHeight() && even.outWidth() == g.outWidth() ? even : null;
  }

  /** The same convolution of an image that has the padding in it. */
  private static Conv2dGeometry withoutPadding(Conv2dGeometry g) {
    int height = g.inHeight() + g.padTop() + g.padBottom();
    int width = g.inWidth() + g.padLeft() + g.padRight();
    return padded(g, height, width, 0, 0);
  }

  private static Conv2dGeometry padded(
      Conv2dGeometry g, int height, int width, int vertical, int horizontal) {
    return new Conv2dGeometry(
        g.batch(),
        height,
        width,
        g.inChannels(),
        g.outChannels(),
        g.kernelHeight(),
        g.kernelWidth(),
        g.strideHeight(),
        g.strideWidth(),
        vertical,
        horizontal,
        vertical,
        horizontal);
  }

  /** The images into the middle of a canvas, or back out of it. */
  private static StridedCopy copy(Conv2dGeometry g, Conv2dGeometry canvas, boolean back) {
    // A row's pixels and channels lie together in both.
    int row = g.inWidth() * g.inChannels();
    long canvasRow = (long) canvas.inWidth() * g.inChannels();
    List<Integer> sizes = List.of(g.batch(), g.inHeight(), row);
    List<Long> image = List.of((long) g.inHeight() * row, (long) row, 1L);
    List<Long> inside = List.of(canvas.inHeight() * canvasRow, canvasRow, 1L);
    long offset = g.padTop() * canvasRow + (long) g.padLeft() * g.inChannels();
    return back
        ? new StridedCopy(sizes, offset, inside, 0, image)
        : new StridedCopy(sizes, 0, image, offset, inside);
  }

  private void aligned(
      ConvDirection direction,
      Conv2dGeometry g,
      Buffer x,
      Buffer w,
      Buffer y,
      Convolution convolution) {
    Buffer[] operands = {x, w, y};
    Buffer[] aligned = operands.clone();
    int written =
        switch (direction) {
          case FORWARD -> 2;
          case BACKWARD_INPUT -> 0;
          case BACKWARD_WEIGHT -> 1;
        };
    try {
      for (int i = 0; i < operands.length; i++) {
        if (CudaBuffer.of(operands[i]).address() % ALIGNMENT != 0) {
          aligned[i] = backend.allocate(operands[i].type(), operands[i].length());
          if (i != written) {
            copy(operands[i], aligned[i]);
          }
        }
      }
      convolution.run(
          new DnnConvolution.Key(direction, g, x.type()),
          new DnnConvolution.Operands(
              CudaBuffer.pointer(aligned[0]),
              CudaBuffer.pointer(aligned[1]),
              CudaBuffer.pointer(aligned[2])));
      if (aligned[written] != operands[written]) {
        copy(aligned[written], operands[written]);
      }
    } finally {
      for (int i = 0; i < operands.length; i++) {
        if (aligned[i] != operands[i]) {
          backend.release(aligned[i]);
        }
      }
    }
  }

  private void copy(Buffer from, Buffer to) {
    context.use();
    check(
        JCudaDriver.cuMemcpyDtoDAsync(
            CudaBuffer.of(to).pointer(),
            CudaBuffer.of(from).pointer(),
            from.bytes(),
            context.stream()),
        "cuMemcpyDtoDAsync");
  }
}
