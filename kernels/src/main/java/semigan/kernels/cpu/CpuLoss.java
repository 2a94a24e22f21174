package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import semigan.kernels.Buffer;
import semigan.kernels.LossKernels;

/** Softmax and losses: a few numbers a row, so plain loops, with exponentials in double. */
final class CpuLoss implements LossKernels {
  private final Widening widening;

  CpuLoss(Widening widening) {
    this.widening = widening;
  }

  /** What is done with one row. */
  private interface RowBody {
    void run(int row, float[] x, float[] dx);
  }

  @Override
  public void logSumExp(long rows, int classes, Buffer x, Buffer y) {
    try (var wide = widening.open()) {
      FloatBuffer target = wide.writing(y).floats();
      forEachRow(
          rows, classes, x, null, null, (row, a, none) -> target.put(row, (float) logSumExp(a)));
    }
  }

  @Override
  public void softmax(long rows, int classes, Buffer x, Buffer y) {
    forEachRow(rows, classes, x, null, y, (row, a, out) -> softmax(a, out));
  }

  @Override
  public void softmaxBackward(long rows, int classes, Buffer y, Buffer dy, Buffer dx) {
    forEachRow(
        rows,
        classes,
        y,
        dy,
        dx,
        (row, a, d) -> {
          double inner = 0;
          for (int k = 0; k < classes; k++) {
            inner += (double) a[k] * d[k];
          }
          for (int k = 0; k < classes; k++) {
            d[k] = (float) (a[k] * (d[k] - inner));
          }
        });
  }

  @Override
  public void semiSupervised(
      long rows, int classes, Buffer logits, Buffer targets, Buffer loss, Buffer dlogits) {
    IntBuffer target = CpuBuffer.of(targets).ints();
    FloatBuffer losses = CpuBuffer.of(loss).floats();
    forEachRow(
        rows,
        classes,
        logits,
        null,
        dlogits,
        (row, a, d) -> {
          LossKernels.requireTarget(row, target.get(row), classes);
          losses.put(row, semiSupervised(a, target.get(row), d));
        });
  }

  /** The loss of one row; {@code d} receives its gradient. */
  private static float semiSupervised(float[] x, int target, float[] d) {
    double l = softmax(x, d);
    if (target >= 0) {
      d[target] -= 1;
      return (float) (l - x[target]);
    }
    // d is dL/dx; softplus(-L) falls with L by 1 - sigmoid(L), softplus(L) rises by sigmoid(L).
    double slope = target == REAL ? -sigmoid(-l) : sigmoid(l);
    for (int k = 0; k < d.length; k++) {
      d[k] *= (float) slope;
    }
    return (float) softplus(target == REAL ? -l : l);
  }

  /** Writes the softmax of a row and returns its logsumexp. */
  private static double softmax(float[] x, float[] y) {
    double l = logSumExp(x);
    for (int k = 0; k < y.length; k++) {
      y[k] = (float) Math.exp(x[k] - l);
    }
    return l;
  }

  private static double logSumExp(float[] x) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : x) {
      largest = Math.max(largest, value);
    }
    if (Float.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (float value : x) {
      sum += Math.exp(value - (double) largest);
    }
    return largest + Math.log(sum);
  }

  private static double sigmoid(double t) {
    return 1 / (1 + Math.exp(-t));
  }

  private static double softplus(double t) {
    return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
  }

  /**
   * @param preset what the second array holds before the body, or null
   * @param out where the second array goes afterwards, or null
   */
  private void forEachRow(
      long rows, int classes, Buffer x, Buffer preset, Buffer out, RowBody body) {
    float[] a = new float[classes];
    float[] d = new float[classes];
    try (var wide = widening.open()) {
      FloatBuffer source = wide.reading(x).floats();
      FloatBuffer before = preset == null ? null : wide.reading(preset).floats();
      FloatBuffer after = out == null ? null : wide.writing(out).floats();
      for (int row = 0; row < rows; row++) {
        source.get(row * classes, a);
        if (before != null) {
          before.get(row * classes, d);
        }
        body.run(row, a, d);
        if (after != null) {
          after.put(row * classes, d);
        }
      }
    }
  }
}
