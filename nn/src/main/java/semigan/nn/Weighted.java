package semigan.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;

/**
 * A layer that is linear in one weight, and may add a bias along the last axis of its output.
 * Parameters are F32; they take part in the type of the input, rounded where that is BF16.
 */
public abstract class Weighted implements Module {
  private final Tensor weight;
  private final Tensor bias;

  /**
   * @param bias {@code [outputs]}, or null for none
   */
  protected Weighted(Tensor weight, Tensor bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /**
   * The layer without its bias.
   *
   * @param weight this layer's, in the type of {@code x}
   */
  protected abstract Tensor linear(Tensor x, Tensor weight);

  /** The layer without its bias, in the type of {@code x}. */
  final Tensor linear(Tensor x) {
    return linear(x, Cast.cast(weight, x.type()));
  }

  /** The axes of the weight over which one output sums. */
  protected abstract Set<Integer> summedAxes();

  public final Tensor weight() {
    return weight;
  }

  public final Optional<Tensor> bias() {
    return Optional.ofNullable(bias);
  }

  @Override
  public final Tensor forward(Tensor x, Mode mode) {
    Tensor y = linear(x);
    return bias == null ? y : Binary.add(y, Cast.cast(bias, y.type()));
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
