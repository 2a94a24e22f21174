package semigan.gan.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import semigan.kernels.DType;
import semigan.nn.Initialiser;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.MatMul;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/**
 * How likely an image is, pixel after pixel: a masked autoencoder for distribution estimation with
 * one hidden layer of ReLU, Germain et al. 2015, <a
 * href="https://arxiv.org/abs/1502.03509">arXiv:1502.03509</a>. What it says of a pixel depends on
 * the pixels before it alone, in row-major order. Of binary images it is a probability; a grey
 * pixel counts as white with the probability that its value is, so that {@code -log p} is the
 * expected code length.
 */
public final class PixelDensity implements Module {
  private final Tensor hiddenWeight; // [hidden, pixels]
  private final Tensor hiddenBias;
  private final Tensor hiddenMask;
  private final Tensor pixelWeight; // [pixels, hidden]
  private final Tensor pixelBias;
  private final Tensor pixelMask;

  /**
   * Fresh weights, which belong to the innermost scope.
   *
   * @param pixels values of an image
   * @param hidden units of the hidden layer
   */
  public PixelDensity(int pixels, int hidden, RandomSource random) {
    var device = random.device();
    Initialiser initial = Initialiser.he(0);
    hiddenWeight = initial.draw(Shape.of(hidden, pixels), pixels, hidden, random);
    hiddenBias = Tensor.zeros(device, DType.F32, Shape.of(hidden));
    pixelWeight = initial.draw(Shape.of(pixels, hidden), hidden, pixels, random);
    pixelBias = Tensor.zeros(device, DType.F32, Shape.of(pixels));
    float[] reads = new float[hidden * pixels];
    float[] writes = new float[pixels * hidden];
    for (int unit = 0; unit < hidden; unit++) {
      // Units that see 1 to all but one of the pixels, spread evenly.
      int seen = 1 + (int) ((long) unit * (pixels - 1) / hidden);
      for (int pixel = 0; pixel < pixels; pixel++) {
        reads[unit * pixels + pixel] = pixel < seen ? 1 : 0;
        writes[pixel * hidden + unit] = pixel < seen ? 0 : 1;
      }
    }
    hiddenMask = Tensor.of(device, hiddenWeight.shape(), reads);
    pixelMask = Tensor.of(device, pixelWeight.shape(), writes);
  }

  /**
   * The log-density of each image, in nats.
   *
   * @param images {@code [batch, ...]} in [-1, 1], F32
   * @return {@code [batch]}
   */
  @Override
  public Tensor forward(Tensor images, Mode mode) {
    Tensor x = Unary.linear(Reshape.flatten(images), 0.5f, 0.5f);
    Tensor logits = logits(x);
    return Sum.sum(Binary.subtract(Binary.multiply(x, logits), Unary.softplus(logits)), Set.of(1));
  }

  /**
   * Of each pixel's being white, given the pixels before it.
   *
   * @param x {@code [batch, pixels]} in [0, 1]
   */
  Tensor logits(Tensor x) {
    Tensor hidden = MatMul.affine(x, Binary.multiply(hiddenWeight, hiddenMask), hiddenBias, 0);
    return MatMul.affine(hidden, Binary.multiply(pixelWeight, pixelMask), pixelBias, 1);
  }

  @Override
  public Map<String, Tensor> parameters() {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    parameters.put("hidden.weight", hiddenWeight);
    parameters.put("hidden.bias", hiddenBias);
    parameters.put("pixels.weight", pixelWeight);
    parameters.put("pixels.bias", pixelBias);
    return parameters;
  }
}
