package semigan.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import semigan.kernels.DType;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Transpose;
import semigan.tensor.ops.Unary;

/**
 * A layer whose weight is {@code scale v / |v|}, one direction {@code v} and one length {@code
 * scale} for each output; Salimans and Kingma 2016, <a
 * href="https://arxiv.org/abs/1602.07868">arXiv:1602.07868</a>. {@link #initialise} sets scale and
 * bias so that the outputs of one batch have mean 0 and the given deviation, before the activation
 * that the layer may have behind it.
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
    return layer.forward(x, weight(scale));
  }

  /** The layer's direction with the given length for each output. */
  private Tensor weight(Tensor scale) {
    Tensor v = layer.weight();
    if (layer.outputAxis() == 0) {
      return semigan.tensor.ops.WeightNorm.weightNorm(v, scale);
    }
    int rank = v.shape().rank();
    int[] outputsFirst = IntStream.range(0, rank).map(axis -> (axis + rank - 1) % rank).toArray();
    int[] outputsLast = IntStream.range(0, rank).map(axis -> (axis + 1) % rank).toArray();
    Tensor rows = Transpose.transpose(v, outputsFirst);
    Tensor w = semigan.tensor.ops.WeightNorm.weightNorm(rows, scale);
    return Transpose.transpose(w, outputsLast);
  }

  @Override
  public Tensor initialise(Tensor x) {
    try (Scope scope = Scope.open(x.device())) {
      Tensor unit = weight(Tensor.full(x.device(), DType.F32, scale.shape(), 1));
      Tensor t = Cast.cast(layer.linear(x, Cast.cast(unit, x.type())), DType.F32);
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
