package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.NormKernels;

/** Batch normalisation, one channel after the other. */
final class ReferenceNorm implements NormKernels {
  @Override
  public void batchNormForward(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer y,
      Buffer mean,
      Buffer variance) {
    var input = ReferenceBuffer.of(x);
    for (int channel = 0; channel < channels; channel++) {
      double sum = 0;
      for (long row = 0; row < rows; row++) {
        sum += input.get(row * channels + channel);
      }
      double centre = sum / rows;
      double squares = 0;
      for (long row = 0; row < rows; row++) {
        double distance = input.get(row * channels + channel) - centre;
        squares += distance * distance;
      }
      double spread = squares / rows;
      ReferenceBuffer.of(mean).set(channel, centre);
      ReferenceBuffer.of(variance).set(channel, spread);
      normalise(rows, channels, channel, centre, spread + epsilon, x, scale, shift, y);
    }
  }

  @Override
  public void batchNormInference(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer mean,
      Buffer variance,
      Buffer y) {
    for (int channel = 0; channel < channels; channel++) {
      double centre = ReferenceBuffer.of(mean).get(channel);
      double spread = ReferenceBuffer.of(variance).get(channel);
      normalise(rows, channels, channel, centre, spread + epsilon, x, scale, shift, y);
    }
  }

  /**
   * With {@code xhat = (x - mean) / deviation}: {@code dshift = sum dy}, {@code dscale = sum dy
   * xhat}, and {@code dx = scale / deviation (dy - dshift / rows - xhat dscale / rows)}.
   */
  @Override
  public void batchNormBackward(
      long rows,
      int channels,
      float epsilon,
      Buffer x,
      Buffer scale,
      Buffer mean,
      Buffer variance,
      Buffer dy,
      Buffer dx,
      Buffer dscale,
      Buffer dshift) {
    var input = ReferenceBuffer.of(x);
    var gradient = ReferenceBuffer.of(dy);
    for (int channel = 0; channel < channels; channel++) {
      double centre = ReferenceBuffer.of(mean).get(channel);
      double inverse = 1 / Math.sqrt(ReferenceBuffer.of(variance).get(channel) + epsilon);
      double sum = 0;
      double product = 0;
      for (long row = 0; row < rows; row++) {
        long at = row * channels + channel;
        sum += gradient.get(at);
        product += gradient.get(at) * (input.get(at) - centre) * inverse;
      }
      double factor = ReferenceBuffer.of(scale).get(channel) * inverse;
      for (long row = 0; row < rows; row++) {
        long at = row * channels + channel;
        double xhat = (input.get(at) - centre) * inverse;
        double centred = gradient.get(at) - sum / rows - xhat * product / rows;
        ReferenceBuffer.of(dx).set(at, factor * centred);
      }
      ReferenceBuffer.of(dscale).set(channel, product);
      ReferenceBuffer.of(dshift).set(channel, sum);
    }
  }

  /** One channel; {@code spread} is its variance with epsilon. */
  private static void normalise(
      long rows,
      int channels,
      int channel,
      double centre,
      double spread,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer y) {
    double factor = ReferenceBuffer.of(scale).get(channel) / Math.sqrt(spread);
    double offset = ReferenceBuffer.of(shift).get(channel);
    for (long row = 0; row < rows; row++) {
      long at = row * channels + channel;
      double distance = ReferenceBuffer.of(x).get(at) - centre;
      ReferenceBuffer.of(y).set(at, factor * distance + offset);
    }
  }
}
