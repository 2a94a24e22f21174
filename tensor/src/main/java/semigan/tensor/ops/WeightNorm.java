package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.DType;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Weight normalisation; Salimans and Kingma 2016, <a
 * href="https://arxiv.org/abs/1602.07868">arXiv:1602.07868</a>.
 */
public final class WeightNorm {
  private WeightNorm() {}

  /**
   * {@code scale v / |v|}, output by output.
   *
   * @param v {@code [outputs, ...]}: a direction for each output
   * @param scale {@code [outputs]}: its length
   * @throws IllegalArgumentException if there are not as many scales as outputs, or the types or
   *     devices differ, or the type is not F32 (or F64)
   */
  public static Tensor weightNorm(Tensor v, Tensor scale) {
    Operands.requireAlike("weight_norm", v, scale);
    v.requireFloatingPoint("weight_norm");
    if (v.type() == DType.BF16) {
      throw new IllegalArgumentException(
          "weight_norm: the weight %s and its scale are BF16, expected F32; round the result instead"
              .formatted(v.shape()));
    }
    if (v.shape().rank() < 1 || !scale.shape().equals(Shape.of(v.shape().size(0)))) {
      throw new IllegalArgumentException(
          "weight_norm: the scale has shape %s but the weight %s has one output for each index of axis 0; give each a scale"
              .formatted(scale.shape(), v.shape()));
    }
    int outputs = v.shape().size(0);
    int inputs = Math.toIntExact(v.elements() / outputs);
    var kernels = v.device().norm();
    Tensor w = Tensor.empty(v.device(), v.type(), v.shape());
    kernels.weightNormForward(outputs, inputs, v.buffer(), scale.buffer(), w.buffer());
    return w.madeBy(
        "weight_norm",
        List.of(v, scale),
        (dw, gradients) -> {
          Tensor dv = Tensor.empty(v.device(), v.type(), v.shape());
          Tensor dscale = Tensor.empty(v.device(), v.type(), scale.shape());
          kernels.weightNormBackward(
              outputs,
              inputs,
              v.buffer(),
              scale.buffer(),
              dw.buffer(),
              dv.buffer(),
              dscale.buffer());
          gradients.to(v, () -> dv);
          gradients.to(scale, () -> dscale);
        });
  }
}
