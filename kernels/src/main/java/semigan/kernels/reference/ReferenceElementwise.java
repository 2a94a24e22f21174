package semigan.kernels.reference;

import semigan.kernels.BinaryOp;
import semigan.kernels.BroadcastGeometry;
import semigan.kernels.Buffer;
import semigan.kernels.ElementwiseKernels;
import semigan.kernels.UnaryOp;

final class ReferenceElementwise implements ElementwiseKernels {
  @Override
  public void unary(UnaryOp op, float alpha, float beta, Buffer x, Buffer y) {
    var input = ReferenceBuffer.of(x);
    var output = ReferenceBuffer.of(y);
    for (long i = 0; i < output.length(); i++) {
      output.set(i, value(op, alpha, beta, input.get(i)));
    }
  }

  @Override
  public void unaryBackward(
      UnaryOp op, float alpha, float beta, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    var input = ReferenceBuffer.of(x);
    var output = ReferenceBuffer.of(y);
    var upstream = ReferenceBuffer.of(dy);
    var gradient = ReferenceBuffer.of(dx);
    for (long i = 0; i < gradient.length(); i++) {
      gradient.set(i, upstream.get(i) * slope(op, alpha, input.get(i), output.get(i)));
    }
  }

  @Override
  public void binary(BinaryOp op, BroadcastGeometry geometry, Buffer a, Buffer b, Buffer y) {
    var left = ReferenceBuffer.of(a);
    var right = ReferenceBuffer.of(b);
    var output = ReferenceBuffer.of(y);
    var sizes = geometry.output();
    var aStrides = Strides.repeating(geometry.a());
    var bStrides = Strides.repeating(geometry.b());
    for (long i = 0; i < output.length(); i++) {
      double p = left.get(Strides.position(i, sizes, aStrides));
      double q = right.get(Strides.position(i, sizes, bStrides));
      output.set(
          i,
          switch (op) {
            case ADD -> p + q;
            case SUBTRACT -> p - q;
            case MULTIPLY -> p * q;
            case DIVIDE -> p / q;
          });
    }
  }

  @Override
  public void fill(Buffer y, float value) {
    var output = ReferenceBuffer.of(y);
    for (long i = 0; i < output.length(); i++) {
      output.set(i, value);
    }
  }

  private static double value(UnaryOp op, double alpha, double beta, double x) {
    return switch (op) {
      case LEAKY_RELU -> x > 0 ? x : alpha * x;
      case TANH -> Math.tanh(x);
      case SIGMOID -> Scalars.sigmoid(x);
      case SOFTPLUS -> Scalars.softplus(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case SQUARE -> x * x;
      case ABS -> Math.abs(x);
      case LINEAR -> alpha * x + beta;
    };
  }

  private static double slope(UnaryOp op, double alpha, double x, double y) {
    return switch (op) {
      case LEAKY_RELU -> x > 0 ? 1 : alpha;
      case TANH -> 1 - y * y;
      case SIGMOID -> y * (1 - y);
      case SOFTPLUS -> Scalars.sigmoid(x);
      case EXP -> y;
      case LOG -> 1 / x;
      case SQRT -> 0.5 / y;
      case SQUARE -> 2 * x;
      case ABS -> Math.signum(x);
      case LINEAR -> alpha;
    };
  }
}
