package semigan.kernels.cpu;

import semigan.kernels.BinaryOp;
import semigan.kernels.UnaryOp;

/**
 * The functions of {@link UnaryOp} and {@link BinaryOp} in Java: for buffers so small that calling
 * oneDNN takes longer than the work, and for what oneDNN does too roughly.
 */
final class Functions {
  /** Up to this length a loop on one thread is done first. */
  static final int SMALL = 1024;

  private Functions() {}

  /** {@code op(x)}. */
  static float value(UnaryOp op, float alpha, float beta, float x) {
    return switch (op) {
      case LEAKY_RELU -> x > 0 ? x : alpha * x;
      case TANH -> (float) Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case SOFTPLUS -> softplus(x);
      case EXP -> (float) Math.exp(x);
      case LOG -> (float) Math.log(x);
      case SQRT -> (float) Math.sqrt(x);
      case SQUARE -> x * x;
      case ABS -> Math.abs(x);
      case LINEAR -> alpha * x + beta;
    };
  }

  /** {@code op'(x)}, where {@code y = op(x)}. */
  static float slope(UnaryOp op, float alpha, float x, float y) {
    return switch (op) {
      case LEAKY_RELU -> x > 0 ? 1 : alpha;
      case TANH -> 1 - y * y;
      case SIGMOID -> y * (1 - y);
      case SOFTPLUS -> sigmoid(x);
      case EXP -> y;
      case LOG -> 1 / x;
      case SQRT -> 0.5f / y;
      case SQUARE -> 2 * x;
      case ABS -> Math.signum(x);
      case LINEAR -> alpha;
    };
  }

  /** {@code op(a, b)}. */
  static float value(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
    };
  }

  private static float sigmoid(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  private static float softplus(float x) {
    return softplus(x, (float) Math.exp(-Math.abs(x)));
  }

  /** {@code values} become their softplus, where {@code decays} are {@code exp(-|x|)} of each. */
  static void softplus(float[] values, float[] decays, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = softplus(values[i], decays[i]);
    }
  }

  /**
   * {@code max(x, 0) + log(1 + e)} with {@code e = exp(-|x|)}; the logarithm is {@code 2 artanh(s)}
   * with {@code s = e / (2 + e)}, at most a third, by its series.
   */
  private static float softplus(float x, float e) {
    float s = e / (2 + e);
    float q = s * s;
    float series = q * (1f / 13) + 1f / 11;
    series = series * q + 1f / 9;
    series = series * q + 1f / 7;
    series = series * q + 1f / 5;
    series = series * q + 1f / 3;
    return Math.max(x, 0) + 2 * (s + s * q * series);
  }
}
