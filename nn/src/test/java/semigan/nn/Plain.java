package semigan.nn;

/** Layers written a second time: in double, by the definition, as slowly as can be. */
final class Plain {
  private Plain() {}

  /** {@code y[n, o] = sum_i x[n, i] w[o, i]}. */
  static double[] dense(double[] x, double[] w, int inputs, int outputs) {
    int batch = x.length / inputs;
    double[] y = new double[batch * outputs];
    for (int n = 0; n < batch; n++) {
      for (int o = 0; o < outputs; o++) {
        for (int i = 0; i < inputs; i++) {
          y[n * outputs + o] += x[n * inputs + i] * w[o * inputs + i];
        }
      }
    }
    return y;
  }

  /**
   * Square images, the same stride and padding both ways.
   *
   * @param x {@code [batch, size, size, in]}
   * @param w {@code [out, kernel, kernel, in]}
   */
  static double[] conv(
      double[] x, double[] w, int size, int in, int out, int kernel, int stride, int padding) {
    int outSize = (size + 2 * padding - kernel) / stride + 1;
    int batch = x.length / (size * size * in);
    double[] y = new double[batch * outSize * outSize * out];
    visit(
        batch,
        size,
        outSize,
        kernel,
        stride,
        padding,
        (large, tap, small) -> {
          for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
              y[small * out + o] += x[large * in + i] * w[(o * kernel * kernel + tap) * in + i];
            }
          }
        });
    return y;
  }

  /**
   * Each input pixel stamps its multiple of the filter onto the output.
   *
   * @param x {@code [batch, size, size, in]}
   * @param w {@code [in, kernel, kernel, out]}
   */
  static double[] convTranspose(
      double[] x, double[] w, int size, int in, int out, int kernel, int stride, int padding) {
    int outSize = (size - 1) * stride + kernel - 2 * padding;
    int batch = x.length / (size * size * in);
    double[] y = new double[batch * outSize * outSize * out];
    visit(
        batch,
        outSize,
        size,
        kernel,
        stride,
        padding,
        (large, tap, small) -> {
          for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
              y[large * out + o] += x[small * in + i] * w[(i * kernel * kernel + tap) * out + o];
            }
          }
        });
    return y;
  }

  /** {@code x[row, c] + bias[c]}. */
  static double[] plus(double[] x, double[] bias) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] += bias[i % bias.length];
    }
    return y;
  }

  /** {@code scale[c] (x[row, c] - mean[c]) / sqrt(variance[c] + epsilon) + shift[c]}. */
  static double[] normalise(
      double[] x, double[] scale, double[] shift, double[] mean, double[] variance) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i % scale.length;
      y[i] = scale[c] * (x[i] - mean[c]) / Math.sqrt(variance[c] + 1e-5) + shift[c];
    }
    return y;
  }

  /** The mean of each channel, the last axis. */
  static double[] mean(double[] x, int channels) {
    double[] mean = new double[channels];
    for (int i = 0; i < x.length; i++) {
      mean[i % channels] += x[i] * channels / x.length;
    }
    return mean;
  }

  /** The mean squared distance of each channel from its mean. */
  static double[] variance(double[] x, int channels) {
    double[] mean = mean(x, channels);
    double[] squares = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      squares[i] = Math.pow(x[i] - mean[i % channels], 2);
    }
    return mean(squares, channels);
  }

  @FunctionalInterface
  private interface Visitor {
    /** A pixel of the large image, a place in the filter, and the pixel of the small one. */
    void visit(int large, int tap, int small);
  }

  /** Every triple of pixels and filter tap that a convolution from large to small connects. */
  private static void visit(
      int batch, int large, int small, int kernel, int stride, int padding, Visitor visitor) {
    for (int n = 0; n < batch; n++) {
      for (int place = 0; place < small * small; place++) {
        for (int tap = 0; tap < kernel * kernel; tap++) {
          int row = place / small * stride + tap / kernel - padding;
          int column = place % small * stride + tap % kernel - padding;
          if (row >= 0 && row < large && column >= 0 && column < large) {
            visitor.visit((n * large + row) * large + column, tap, n * small * small + place);
          }
        }
      }
    }
  }
}
