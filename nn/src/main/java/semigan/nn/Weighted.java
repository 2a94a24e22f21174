package semigan.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Unary;

/**
 * A layer that is linear in one weight, and may add a bias along the last axis of its output, with
 * LeakyReLU behind it if it is made so. Parameters are F32; they take part in the type of the
 * input, rounded where that is BF16.
 */
public abstract class Weighted implements Module {
  private final Tensor weight;
  private final Tensor bias;
  private final float slope;

  /**
   * @param bias {@code [outputs]}, or null for none
   */
  protected Weighted(Tensor weight, Tensor bias) {
    this(weight, bias, 1);
  }

  /**
   * @param bias {@code [outputs]}, or null for none
   * @param slope of LeakyReLU where its input is not positive; 1 for no activation
   */
  protected Weighted(Tensor weight, Tensor bias, float slope) {
    this.weight = weight;
    this.bias = bias;
    this.slope = slope;
  }

  /**
   * The layer without its bias.
   *
   * @param weight this layer's, in the type of {@code x}
   */
  protected abstract Tensor linear(Tensor x, Tensor weight);

  /** The whole layer, bias and activation included; a layer that has one kernel for it says so. */
  protected Tensor affine(Tensor x, Tensor weight, Tensor bias, float slope) {
    Tensor z = Binary.add(linear(x, weight), Cast.cast(bias, x.type()));
    return slope == 1 ? z : Unary.leakyRelu(z, slope);
  }

  /** The layer with another weight, F32, in place of its own. */
  final Tensor forward(Tensor x, Tensor weight) {
    Tensor w = Cast.cast(weight, x.type());
    if (bias != null) {
      return affine(x, w, bias, slope);
    }
    Tensor y = linear(x, w);
    return slope == 1 ? y : Unary.leakyRelu(y, slope);
  }

  /** The axis of the weight along which the outputs lie: the first or the last. */
  protected abstract int outputAxis();

  public final Tensor weight() {
    return weight;
  }

  public final Optional<Tensor> bias() {
    return Optional.ofNullable(bias);
  }

  @Override
  public final Tensor forward(Tensor x, Mode mode) {
    return forward(x, weight);
  }

  @Override
  public final Map<String, Tensor> parameters() {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    parameters.put("weight", weight);
    if (bias != null) {
      parameters.put("bias", bias);
    }
    return parameters;
  }
}
