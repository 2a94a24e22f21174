package semigan.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.kernels.AugmentGeometry;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.LossKernels;
import semigan.kernels.Pool2dGeometry;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.ResizeGeometry;
import semigan.kernels.UnaryOp;

/**
 * Every backward kernel of the reference against central differences of its forward, in F64 and
 * under random upstream gradients.
 */
class ReferenceGradientTest {
  private static final double STEP = 1e-6;
  private static final double TOLERANCE = 1e-7;

  private final Backend backend = new ReferenceBackend();
  private final Random random = new Random(3);

  @Test
  void convolution() {
    var g = new Conv2dGeometry(2, 5, 4, 2, 3, 3, 2, 2, 1, 1, 0, 2, 1);
    Buffer x = normal(g.inputLength());
    Buffer w = normal(g.filterLength());
    Buffer y = empty(g.outputLength());
    Buffer dy = normal(g.outputLength());
    Buffer dx = empty(g.inputLength());
    Buffer dw = empty(g.filterLength());
    backend.conv().backwardInput(g, dy, w, dx);
    backend.conv().backwardWeight(g, x, dy, dw);
    Runnable forward = () -> backend.conv().forward(g, x, w, y);
    check(forward, x, y, dy, dx);
    check(forward, w, y, dy, dw);
  }

  @ParameterizedTest
  @ValueSource(floats = {1, 0.2f, 0})
  void batchNormalisation(float slope) {
    int rows = 7;
    int channels = 3;
    Buffer x = normal(rows * channels);
    Buffer scale = normal(channels);
    Buffer shift = normal(channels);
    Buffer y = empty(rows * channels);
    Buffer mean = empty(channels);
    Buffer variance = empty(channels);
    var norm = backend.norm();
    Runnable forward =
        () ->
            norm.batchNormForward(rows, channels, 1e-3f, slope, x, scale, shift, y, mean, variance);
    forward.run();
    Buffer dy = normal(rows * channels);
    Buffer dx = empty(rows * channels);
    Buffer dscale = empty(channels);
    Buffer dshift = empty(channels);
    norm.batchNormBackward(
        rows, channels, 1e-3f, slope, x, scale, shift, mean, variance, y, dy, dx, dscale, dshift);
    check(forward, x, y, dy, dx);
    check(forward, scale, y, dy, dscale);
    check(forward, shift, y, dy, dshift);
  }

  @Test
  void batchNormalisationHasTheSlopeAtZero() {
    Buffer zeros = filled(2, i -> 0);
    Buffer zero = filled(1, i -> 0);
    Buffer one = filled(1, i -> 1);
    Buffer dy = filled(2, i -> i + 1);
    Buffer dx = empty(2);
    Buffer dscale = empty(1);
    Buffer dshift = empty(1);
    backend
        .norm()
        .batchNormBackward(
            2, 1, 1, 0.25f, zeros, one, zero, zero, one, zeros, dy, dx, dscale, dshift);
    assertEquals(0.25 * (1 + 2), read(dshift)[0]);
  }

  @ParameterizedTest
  @EnumSource(UnaryOp.class)
  void functions(UnaryOp op) {
    Buffer x = filled(33, i -> (op == UnaryOp.LOG || op == UnaryOp.SQRT ? i + 1 : i - 16.5) / 4);
    Buffer y = empty(33);
    Buffer dy = normal(33);
    Buffer dx = empty(33);
    Runnable forward = () -> backend.elementwise().unary(op, 0.2f, 3, x, y);
    forward.run();
    backend.elementwise().unaryBackward(op, 0.2f, 3, x, y, dy, dx);
    check(forward, x, y, dy, dx);
  }

  @Test
  void maximumOverAxes() {
    var g = new ReduceGeometry(List.of(3, 4, 2), Set.of(0, 2));
    Buffer x = normal(24);
    Buffer y = empty(4);
    Buffer dy = normal(4);
    Buffer dx = empty(24);
    Runnable forward = () -> backend.reduce().max(g, x, y);
    forward.run();
    backend.reduce().maxBackward(g, x, y, dy, dx);
    check(forward, x, y, dy, dx);
  }

  @Test
  void pooling() {
    var g = new Pool2dGeometry(2, 5, 4, 2, 3, 2, 2, 1, 1, 1, 2, 0);
    Buffer x = normal(80);
    Buffer y = empty(2L * g.outHeight() * g.outWidth() * 2);
    Buffer dy = normal(y.length());
    Buffer dx = empty(80);
    backend.pool().averageBackward(g, dy, dx);
    check(() -> backend.pool().averageForward(g, x, y), x, y, dy, dx);
    backend.pool().maxBackward(g, x, dy, dx);
    check(() -> backend.pool().maxForward(g, x, y), x, y, dy, dx);
  }

  @Test
  void augmentation() {
    var g = new AugmentGeometry(4, 5, 6, 3, 1, 1, 1, 2, 1, 3, 2);
    Buffer draws = filled(4 * AugmentGeometry.DRAWS, i -> random.nextDouble());
    Buffer x = normal(4 * g.imageLength());
    Buffer y = empty(4 * g.imageLength());
    Buffer dy = normal(4 * g.imageLength());
    Buffer dx = empty(4 * g.imageLength());
    backend.augment().backward(g, draws, dy, dx);
    check(() -> backend.augment().forward(g, draws, x, y), x, y, dy, dx);
  }

  @ParameterizedTest
  @EnumSource(ResizeGeometry.Method.class)
  void resizing(ResizeGeometry.Method method) {
    var g = new ResizeGeometry(2, 3, 5, 2, 7, 3);
    Buffer x = normal(60);
    Buffer y = empty(84);
    Buffer dy = normal(84);
    Buffer dx = empty(60);
    backend.resize().backward(g, method, dy, dx);
    check(() -> backend.resize().forward(g, method, x, y), x, y, dy, dx);
  }

  @Test
  void softmax() {
    Buffer x = normal(15);
    Buffer y = empty(15);
    Buffer dy = normal(15);
    Buffer dx = empty(15);
    Runnable forward = () -> backend.loss().softmax(3, 5, x, y);
    forward.run();
    backend.loss().softmaxBackward(3, 5, y, dy, dx);
    check(forward, x, y, dy, dx);
  }

  @Test
  void semiSupervisedLoss() {
    int rows = 6;
    int classes = 4;
    Buffer logits = normal(rows * classes);
    Buffer targets = backend.allocate(DType.I32, rows);
    backend.write(
        new int[] {0, 3, LossKernels.REAL, LossKernels.FAKE, LossKernels.REAL, LossKernels.FAKE},
        0,
        targets);
    Buffer loss = empty(rows);
    Buffer dlogits = empty(rows * classes);
    Buffer scratch = empty(rows * classes);
    backend.loss().semiSupervised(rows, classes, logits, targets, loss, dlogits);
    check(
        () -> backend.loss().semiSupervised(rows, classes, logits, targets, loss, scratch),
        logits,
        loss,
        filled(rows, i -> 1),
        dlogits);
  }

  /** {@code dx} is the gradient of {@code sum(y dy)}, which {@code forward} computes, by x. */
  private void check(Runnable forward, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    double[] at = read(x);
    double[] upstream = read(dy);
    double[] gradient = read(dx);
    for (int i = 0; i < at.length; i++) {
      double[] moved = at.clone();
      moved[i] = at[i] + STEP;
      backend.write(moved, 0, x);
      double above = product(forward, y, upstream);
      moved[i] = at[i] - STEP;
      backend.write(moved, 0, x);
      double below = product(forward, y, upstream);
      double difference = (above - below) / (2 * STEP);
      assertEquals(
          difference, gradient[i], TOLERANCE * Math.max(1, Math.abs(difference)), "at " + i);
    }
    backend.write(at, 0, x);
  }

  private double product(Runnable forward, Buffer y, double[] dy) {
    forward.run();
    double[] values = read(y);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * dy[i];
    }
    return sum;
  }

  private Buffer normal(long length) {
    return filled(length, i -> random.nextGaussian());
  }

  private Buffer filled(long length, IntToDoubleFunction value) {
    double[] values = new double[(int) length];
    Arrays.setAll(values, value);
    Buffer buffer = empty(length);
    backend.write(values, 0, buffer);
    return buffer;
  }

  private Buffer empty(long length) {
    return backend.allocate(DType.F64, length);
  }

  private double[] read(Buffer buffer) {
    double[] values = new double[(int) buffer.length()];
    backend.read(buffer, values, 0);
    return values;
  }
}
