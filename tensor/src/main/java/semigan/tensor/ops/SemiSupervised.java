package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.DType;
import semigan.kernels.LossKernels;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * The loss of a classifier over K classes and "generated", row by row, with the logit of
 * "generated" fixed at 0; see {@link LossKernels#semiSupervised} for its formulas and source.
 */
public final class SemiSupervised {
  private SemiSupervised() {}

  /**
   * @param logits {@code [rows, classes]}
   * @param targets I32 of {@code [rows]}: a class, {@link LossKernels#REAL} or {@link
   *     LossKernels#FAKE}
   * @return {@code [rows]}, F32 where the logits are BF16
   * @throws IllegalArgumentException if the shapes, types or devices do not fit together, or, on a
   *     device that is the host, a target is none of these
   */
  public static Tensor semiSupervised(Tensor logits, Tensor targets) {
    Softmax.requireRows("semi_supervised", logits);
    int rows = logits.shape().size(0);
    int classes = logits.shape().size(1);
    if (targets.type() != DType.I32 || !targets.shape().equals(Shape.of(rows))) {
      throw new IllegalArgumentException(
          "semi_supervised: targets must be I32 of [%d] for logits %s but are %s of %s"
              .formatted(rows, logits.shape(), targets.type(), targets.shape()));
    }
    Operands.requireOneDevice("semi_supervised", logits, targets);
    Tensor loss = Tensor.empty(logits.device(), Operands.wide(logits.type()), targets.shape());
    Tensor own = Tensor.empty(logits.device(), logits.type(), logits.shape());
    logits
        .device()
        .loss()
        .semiSupervised(
            rows, classes, logits.buffer(), targets.buffer(), loss.buffer(), own.buffer());
    return loss.madeBy(
        "semi_supervised",
        List.of(logits),
        (dy, gradients) ->
            gradients.to(
                logits,
                () -> {
                  Tensor upstream = Reshape.reshape(dy, Shape.of(rows, 1));
                  Tensor wide = Cast.cast(own, dy.type());
                  return Cast.cast(Binary.multiply(wide, upstream), logits.type());
                }));
  }
}
