package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.NormKernels;

/** Batch normalisation, one channel after the other. */
final class ReferenceNorm implements NormKernels {
  /** What one channel goes through: {@code xhat = (x - mean) / deviation}, z and the activation. */
  private record Channel(double mean, double deviation, double scale, double shift, float slope) {
    double xhat(double x) {
      return (x - mean) / deviation;
    }

    double y(double x) {
      double z = scale * xhat(x) + shift;
      return z > 0 ? z : slope * z;
    }

    double dz(double x, double dy) {
      return scale * xhat(x) + shift > 0 ? dy : slope * dy;
    }
  }

  @Override
  public void batchNormForward(
      long rows,
      int channels,
      float epsilon,
      float slope,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer y,
      Buffer mean,
      Buffer variance) {
    var input = ReferenceBuffer.of(x);
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (long at = c; at < rows * channels; at += channels) {
        sum += input.get(at);
      }
      double centre = sum / rows;
      double squares = 0;
      for (long at = c; at < rows * channels; at += channels) {
        double distance = input.get(at) - centre;
        squares += distance * distance;
      }
      double spread = squares / rows;
      ReferenceBuffer.of(mean).set(c, centre);
      ReferenceBuffer.of(variance).set(c, spread);
      normalise(rows, channels, c, channel(c, centre, spread + epsilon, scale, shift, slope), x, y);
    }
  }

  @Override
  public void batchNormInference(
      long rows,
      int channels,
      float epsilon,
      float slope,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y) {
    for (int c = 0; c < channels; c++) {
      double centre = ReferenceBuffer.of(mean).get(c);
      double spread = ReferenceBuffer.of(variance).get(c);
      normalise(rows, channels, c, channel(c, centre, spread + epsilon, scale, shift, slope), x, y);
    }
  }

  /**
   * With {@code dz} the gradient behind the activation: {@code dshift = sum dz}, {@code dscale =
   * sum dz xhat}, and {@code dx = scale / deviation (dz - dshift / rows - xhat dscale / rows)}.
   */
  @Override
  public void batchNormBackward(
      long rows,
      int channels,
      float epsilon,
      float slope,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y,
      Buffer dy,
      Buffer dx,
      Buffer dscale,
      Buffer dshift) {
    var input = ReferenceBuffer.of(x);
    var gradient = ReferenceBuffer.of(dy);
    for (int c = 0; c < channels; c++) {
      double centre = ReferenceBuffer.of(mean).get(c);
      double spread = ReferenceBuffer.of(variance).get(c);
      Channel channel = channel(c, centre, spread + epsilon, scale, shift, slope);
      double sum = 0;
      double product = 0;
      for (long at = c; at < rows * channels; at += channels) {
        double dz = channel.dz(input.get(at), gradient.get(at));
        sum += dz;
        product += dz * channel.xhat(input.get(at));
      }
      for (long at = c; at < rows * channels; at += channels) {
        double dz = channel.dz(input.get(at), gradient.get(at));
        double centred = dz - sum / rows - channel.xhat(input.get(at)) * product / rows;
        ReferenceBuffer.of(dx).set(at, channel.scale() / channel.deviation() * centred);
      }
      ReferenceBuffer.of(dscale).set(c, product);
      ReferenceBuffer.of(dshift).set(c, sum);
    }
  }

  /** {@code spread} is the variance with epsilon. */
  private static Channel channel(
      int c, double mean, double spread, Buffer scale, Buffer shift, float slope) {
    return new Channel(
        mean,
        Math.sqrt(spread),
        ReferenceBuffer.of(scale).get(c),
        ReferenceBuffer.of(shift).get(c),
        slope);
  }

  private static void normalise(
      long rows, int channels, int c, Channel channel, Buffer x, Buffer y) {
    for (long at = c; at < rows * channels; at += channels) {
      ReferenceBuffer.of(y).set(at, channel.y(ReferenceBuffer.of(x).get(at)));
    }
  }

  @Override
  public void weightNormForward(int rows, int columns, Buffer v, Buffer scale, Buffer w) {
    var direction = ReferenceBuffer.of(v);
    for (int row = 0; row < rows; row++) {
      double factor = ReferenceBuffer.of(scale).get(row) / Math.sqrt(dot(columns, row, v, v));
      for (long at = (long) row * columns; at < (row + 1L) * columns; at++) {
        ReferenceBuffer.of(w).set(at, factor * direction.get(at));
      }
    }
  }

  @Override
  public void weightNormBackward(
      int rows, int columns, Buffer v, Buffer scale, Buffer dw, Buffer dv, Buffer dscale) {
    var direction = ReferenceBuffer.of(v);
    var gradient = ReferenceBuffer.of(dw);
    for (int row = 0; row < rows; row++) {
      double squares = dot(columns, row, v, v);
      double along = dot(columns, row, dw, v);
      double factor = ReferenceBuffer.of(scale).get(row) / Math.sqrt(squares);
      for (long at = (long) row * columns; at < (row + 1L) * columns; at++) {
        double across = gradient.get(at) - along / squares * direction.get(at);
        ReferenceBuffer.of(dv).set(at, factor * across);
      }
      ReferenceBuffer.of(dscale).set(row, along / Math.sqrt(squares));
    }
  }

  /** The product of one row of both. */
  private static double dot(int columns, int row, Buffer a, Buffer b) {
    double sum = 0;
    for (long at = (long) row * columns; at < (row + 1L) * columns; at++) {
      sum += ReferenceBuffer.of(a).get(at) * ReferenceBuffer.of(b).get(at);
    }
    return sum;
  }
}
