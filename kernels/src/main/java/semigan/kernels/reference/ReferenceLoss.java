package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.LossKernels;

/** Row by row; the largest logit is taken out of every sum of exponentials. */
final class ReferenceLoss implements LossKernels {
  @Override
  public void logSumExp(long rows, int classes, Buffer x, Buffer y) {
    for (long row = 0; row < rows; row++) {
      ReferenceBuffer.of(y).set(row, logSumExp(row(x, row, classes)));
    }
  }

  @Override
  public void softmax(long rows, int classes, Buffer x, Buffer y) {
    for (long row = 0; row < rows; row++) {
      double[] logits = row(x, row, classes);
      double total = logSumExp(logits);
      for (int k = 0; k < classes; k++) {
        ReferenceBuffer.of(y).set(row * classes + k, Math.exp(logits[k] - total));
      }
    }
  }

  /** {@code dx = y (dy - sum(y dy))}. */
  @Override
  public void softmaxBackward(long rows, int classes, Buffer y, Buffer dy, Buffer dx) {
    for (long row = 0; row < rows; row++) {
      double[] shares = row(y, row, classes);
      double[] upstream = row(dy, row, classes);
      double product = 0;
      for (int k = 0; k < classes; k++) {
        product += shares[k] * upstream[k];
      }
      for (int k = 0; k < classes; k++) {
        ReferenceBuffer.of(dx).set(row * classes + k, shares[k] * (upstream[k] - product));
      }
    }
  }

  @Override
  public void semiSupervised(
      long rows, int classes, Buffer logits, Buffer targets, Buffer loss, Buffer dlogits) {
    for (long row = 0; row < rows; row++) {
      double[] values = row(logits, row, classes);
      int target = (int) ReferenceBuffer.of(targets).get(row);
      LossKernels.requireTarget(row, target, classes);
      double total = logSumExp(values);
      double rowLoss =
          switch (target) {
            case REAL -> Scalars.softplus(-total);
            case FAKE -> Scalars.softplus(total);
            default -> total - values[target];
          };
      ReferenceBuffer.of(loss).set(row, rowLoss);
      // The loss depends on the logits through L, whose gradient is the softmax, and on the
      // target's own logit.
      double slope =
          switch (target) {
            case REAL -> -Scalars.sigmoid(-total);
            case FAKE -> Scalars.sigmoid(total);
            default -> 1;
          };
      for (int k = 0; k < classes; k++) {
        double gradient = slope * Math.exp(values[k] - total) - (k == target ? 1 : 0);
        ReferenceBuffer.of(dlogits).set(row * classes + k, gradient);
      }
    }
  }

  private static double logSumExp(double[] values) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      largest = Math.max(largest, value);
    }
    if (Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - largest);
    }
    return largest + Math.log(sum);
  }

  private static double[] row(Buffer x, long row, int classes) {
    var input = ReferenceBuffer.of(x);
    double[] values = new double[classes];
    for (int k = 0; k < classes; k++) {
      values[k] = input.get(row * classes + k);
    }
    return values;
  }
}
