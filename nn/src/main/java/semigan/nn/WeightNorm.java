package semigan.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import semigan.kernels.DType;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/**
 * A layer whose weight is {@code scale v / |v|}, one direction {@code v} and one length {@code
 * scale} for each output; Salimans and Kingma 2016, <a
 * href="https://arxiv.org/abs/1602.07868">arXiv:1602.07868</a>. {@link #initialise} sets scale and
 * bias so that the outputs of one batch have mean 0 and the given deviation.
 */
public final class WeightNorm implements Module {
  private final Weighted layer;
  private final Tensor scale;
  private final Tensor bias;
  private final boolean learnsScale;
  private final float initialDeviation;

  /**
   * @param layer gives the direction; it must have a bias
   * @param learnsScale false leaves the scale where {@link #initialise} put it
   * @param initialDeviation of the outputs after {@link #initialise}
   */
  public WeightNorm(Weighted layer, boolean learnsScale, float initialDeviation) {
    this.layer = layer;
    this.bias =
        layer
            .bias()
            .orElseThrow(() -> new IllegalArgumentException("weight norm: the layer needs a bias"));
    this.learnsScale = learnsScale;
    this.initialDeviation = initialDeviation;
    this.scale = Tensor.full(bias.device(), DType.F32, bias.shape(), 1);
  }

  @Override
  public Tensor forward(Tensor x, Mode mode) {
    // The layer is linear, so its outputs can be scaled for its weight: once, by a small factor.
    Tensor factor = Cast.cast(Binary.divide(scale, length()), x.type());
    Tensor scaled = Binary.multiply(layer.linear(x), factor);
    return Binary.add(scaled, Cast.cast(bias, x.type()));
  }

  /** {@code |v|} of each output: {@code [outputs]}. */
  private Tensor length() {
    return Unary.sqrt(Sum.sum(Unary.square(layer.weight()), layer.summedAxes()));
  }

  @Override
  public Tensor initialise(Tensor x) {
    try (Scope scope = Scope.open(x.device())) {
      Tensor t = Binary.divide(layer.linear(x), length());
      Set<Integer> rows = new TreeSet<>();
      for (int axis = 0; axis < t.shape().rank() - 1; axis++) {
        rows.add(axis);
      }
      Tensor mean = Sum.mean(t, rows);
      Tensor variance = Sum.mean(Unary.square(Binary.subtract(t, mean)), rows);
      Tensor deviation = Unary.sqrt(Unary.linear(variance, 1, 1e-10f));
      Tensor wanted = Tensor.full(x.device(), DType.F32, Shape.of(1), initialDeviation);
      Tensor factor = Binary.divide(wanted, deviation);
      scale.assign(factor);
      bias.assign(Unary.linear(Binary.multiply(mean, factor), -1, 0));
      return scope.keep(forward(x, Mode.TRAIN));
    }
  }

  @Override
  public Map<String, Tensor> parameters() {
    Map<String, Tensor> parameters = new LinkedHashMap<>(layer.parameters());
    if (learnsScale) {
      parameters.put("scale", scale);
    }
    return parameters;
  }

  @Override
  public Map<String, Tensor> statistics() {
    return learnsScale ? Map.of() : Map.of("scale", scale);
  }
}
