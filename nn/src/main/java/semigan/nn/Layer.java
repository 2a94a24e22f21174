package semigan.nn;

import java.util.Set;
import java.util.function.UnaryOperator;
import semigan.kernels.ResizeGeometry;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Augment;
import semigan.tensor.ops.Dropout;
import semigan.tensor.ops.Noise;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.Resize;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/** Layers without parameters. */
public final class Layer {
  private Layer() {}

  public static Module relu() {
    return of(Unary::relu);
  }

  public static Module leakyRelu(float slope) {
    return of(x -> Unary.leakyRelu(x, slope));
  }

  public static Module tanh() {
    return of(Unary::tanh);
  }

  public static Module sigmoid() {
    return of(Unary::sigmoid);
  }

  public static Module softplus() {
    return of(Unary::softplus);
  }

  /** {@code [batch, ...]} to {@code [batch, features]}. */
  public static Module flatten() {
    return of(Reshape::flatten);
  }

  /**
   * The mean over all places: {@code [batch, height, width, channels]} to {@code [batch,
   * channels]}.
   */
  public static Module globalAverage() {
    return of(x -> Sum.mean(x, Set.of(1, 2)));
  }

  /** {@code [batch, features]} to {@code [batch, height, width, channels]}. */
  public static Module toImages(int height, int width, int channels) {
    return of(x -> Reshape.reshape(x, Shape.of(x.shape().size(0), height, width, channels)));
  }

  /** Images {@code factor} times as large. */
  public static Module upsample(int factor, ResizeGeometry.Method method) {
    return of(
        x -> {
          int height = x.shape().size(1) * factor;
          int width = x.shape().size(2) * factor;
          return method == ResizeGeometry.Method.NEAREST
              ? Resize.resizeNearest(x, height, width)
              : Resize.resizeBilinear(x, height, width);
        });
  }

  /** Sets each element to 0 with probability {@code rate} in training. */
  public static Module dropout(float rate, RandomSource random) {
    return inTraining(x -> Dropout.dropout(x, rate, random));
  }

  /** Adds normal noise of the given standard deviation in training. */
  public static Module noise(float deviation, RandomSource random) {
    return inTraining(x -> Noise.noise(x, deviation, random));
  }

  /** Changes images at random in training; see {@link Augment}. */
  public static Module augment(Augment.Strength strength, RandomSource random) {
    return inTraining(x -> Augment.augment(x, strength, random));
  }

  private static Module of(UnaryOperator<Tensor> function) {
    return (x, mode) -> function.apply(x);
  }

  private static Module inTraining(UnaryOperator<Tensor> function) {
    return (x, mode) -> mode == Mode.EVAL ? x : function.apply(x);
  }
}
