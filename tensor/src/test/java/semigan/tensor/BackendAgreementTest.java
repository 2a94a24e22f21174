package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.kernels.Backend;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.kernels.LossKernels;
import semigan.tensor.ops.Augment;
import semigan.tensor.ops.Augment.Strength;
import semigan.tensor.ops.BatchNorm;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.Conv2d;
import semigan.tensor.ops.ConvTranspose2d;
import semigan.tensor.ops.Dropout;
import semigan.tensor.ops.Gather;
import semigan.tensor.ops.MatMul;
import semigan.tensor.ops.Max;
import semigan.tensor.ops.Noise;
import semigan.tensor.ops.Pool2d;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.Resize;
import semigan.tensor.ops.SemiSupervised;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Softmax;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Transpose;
import semigan.tensor.ops.Unary;
import semigan.tensor.ops.Window;

/** Whole networks give the same loss and gradients on every backend as in F32 on reference. */
class BackendAgreementTest {
  /** Of the largest element: some dozens of roundings, in sums of up to 2,000. */
  private static final double TOLERANCE = 2e-5;

  /** Of the largest element: a few roundings of 2^-9. */
  private static final double BF16_TOLERANCE = 0x1p-6;

  /** A loss made from inputs, and their shapes. */
  private record Network(String name, Forward forward, Shape... inputs) {
    @Override
    public String toString() {
      return name;
    }
  }

  private interface Forward {
    Tensor loss(List<Tensor> inputs, RandomSource random);
  }

  static Stream<Arguments> networksOnBackends() {
    List<Network> networks = List.of(discriminator(), generator(), classifier());
    return Backends.names().stream()
        .flatMap(name -> networks.stream().map(network -> Arguments.of(network, name)));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("networksOnBackends")
  void givesTheLossAndGradientsOfReference(Network network, String name) {
    List<double[]> expected;
    try (Backend reference = Backends.open("reference")) {
      expected = lossAndGradients(network, reference);
    }
    try (Backend backend = open(name)) {
      List<double[]> found = lossAndGradients(network, backend);
      for (int i = 0; i < expected.size(); i++) {
        String what = i == 0 ? "loss" : "gradient of input " + (i - 1);
        assertClose(expected.get(i), found.get(i), TOLERANCE, what);
      }
      assertEquals(0, backend.memory().live(), "live bytes");
    }
  }

  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void givesTheSameInBf16ButForTheRoundings(String name) {
    List<double[]> expected;
    try (Backend reference = Backends.open("reference")) {
      expected = lossAndGradients(inference(DType.F32), reference);
    }
    try (Backend backend = open(name)) {
      if (!backend.supports(DType.BF16)) {
        abort(name + " has no BF16 here");
      }
      List<double[]> found = lossAndGradients(inference(DType.BF16), backend);
      for (int i = 0; i < expected.size(); i++) {
        assertClose(expected.get(i), found.get(i), BF16_TOLERANCE, "result " + i);
      }
    }
  }

  static Backend open(String name) {
    try {
      return Backends.open(name);
    } catch (BackendUnavailableException e) {
      if (Set.of(System.getProperty("semigan.require", "").split(",")).contains(name)) {
        throw e;
      }
      return abort(e.getMessage());
    }
  }

  private static List<double[]> lossAndGradients(Network network, Backend backend) {
    Random values = new Random(3);
    try (Scope scope = Scope.open(backend)) {
      List<Tensor> inputs = new ArrayList<>();
      for (Shape shape : network.inputs()) {
        float[] normals = new float[(int) shape.elements()];
        for (int i = 0; i < normals.length; i++) {
          normals[i] = 0.3f * (float) values.nextGaussian();
        }
        inputs.add(Tensor.of(backend, shape, normals));
      }
      Tensor loss = network.forward().loss(inputs, new RandomSource(backend, 5));
      Gradients gradients = loss.backward(inputs);
      List<double[]> results = new ArrayList<>(List.of(loss.toDoubles()));
      inputs.forEach(input -> results.add(gradients.of(input).toDoubles()));
      return results;
    }
  }

  private static void assertClose(
      double[] expected, double[] found, double tolerance, String what) {
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertEquals(expected.length, found.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], tolerance * largest, what + ", element " + i);
    }
  }

  private static Network discriminator() {
    return new Network(
        "discriminator",
        (in, random) -> {
          var everything = Strength.TRANSLATION.and(Strength.CUTOUT).and(Strength.COLOUR);
          Tensor changed = Augment.augment(in.get(0), everything, random);
          Tensor x = Noise.noise(changed, 0.1f, random);
          Tensor h1 =
              Unary.leakyRelu(
                  Binary.add(Conv2d.conv2d(x, in.get(1), Window.of(2, 1)), in.get(2)), 0.2f);
          Tensor h2 = Conv2d.conv2d(Dropout.dropout(h1, 0.3f, random), in.get(3), Window.of(2, 1));
          Tensor h3 = BatchNorm.batchNorm(h2, in.get(4), in.get(5), 1e-5f).y();
          Tensor rows = Reshape.flatten(Unary.leakyRelu(h3, 0.2f));
          Tensor logits = Binary.add(MatMul.matmul(rows, in.get(6)), in.get(7));
          int[] targets = {3, 0, LossKernels.REAL, LossKernels.REAL, LossKernels.FAKE, 9};
          Tensor labels = Tensor.of(x.device(), Shape.of(6), targets);
          return Sum.mean(SemiSupervised.semiSupervised(logits, labels));
        },
        Shape.of(6, 16, 12, 3),
        Shape.of(8, 4, 4, 3),
        Shape.of(8),
        Shape.of(17, 4, 4, 8),
        Shape.of(17),
        Shape.of(17),
        Shape.of(4 * 3 * 17, 10),
        Shape.of(10));
  }

  /** With feature matching: the mean of an intermediate layer against another. */
  private static Network generator() {
    return new Network(
        "generator",
        (in, random) -> {
          Tensor seeds = Reshape.reshape(MatMul.matmul(in.get(0), in.get(1)), Shape.of(5, 3, 4, 9));
          Tensor h1 = BatchNorm.batchNorm(seeds, in.get(2), in.get(3), 1e-5f, 0).y();
          Tensor h2 = ConvTranspose2d.convTranspose2d(h1, in.get(4), Window.of(2, 1));
          Tensor image =
              Unary.tanh(
                  ConvTranspose2d.convTranspose2d(
                      Unary.softplus(h2), in.get(5), Window.of(2, 2), 11, 15));
          Tensor larger = Resize.resizeBilinear(image, 14, 14);
          Tensor features = Sum.mean(Unary.sigmoid(larger), Set.of(0));
          return Sum.mean(Unary.square(Binary.subtract(features, in.get(6))));
        },
        Shape.of(5, 20),
        Shape.of(20, 3 * 4 * 9),
        Shape.of(9),
        Shape.of(9),
        Shape.of(9, 4, 4, 6),
        Shape.of(6, 5, 5, 3),
        Shape.of(14, 14, 3));
  }

  /** What a trained classifier does, and its gradient; inputs are rounded in either type. */
  private static Network inference(DType type) {
    return new Network(
        "inference",
        (in, random) -> {
          Tensor x = Cast.cast(Cast.cast(in.get(0), DType.BF16), type);
          Tensor w = Cast.cast(Cast.cast(in.get(1), DType.BF16), type);
          Tensor variance = Unary.linear(Unary.square(in.get(4)), 1, 0.5f);
          Tensor hidden =
              BatchNorm.batchNormInference(
                  x, in.get(2), in.get(3), in.get(4), variance, 1e-5f, 0.2f);
          Tensor logits = MatMul.affine(hidden, w, in.get(5), 1);
          int[] targets = {3, 0, LossKernels.REAL, LossKernels.FAKE};
          Tensor labels = Tensor.of(x.device(), Shape.of(4), targets);
          return Sum.mean(SemiSupervised.semiSupervised(logits, labels));
        },
        Shape.of(4, 6),
        Shape.of(5, 6),
        Shape.of(6),
        Shape.of(6),
        Shape.of(6),
        Shape.of(5));
  }

  /** Pooling, joining, moving and reducing. */
  private static Network classifier() {
    return new Network(
        "classifier",
        (in, random) -> {
          Tensor x = in.get(0);
          Tensor most = Pool2d.maxPool2d(x, 3, 3, Window.of(2, 1));
          Tensor mean = Pool2d.averagePool2d(x, 2, 3, new Window(2, 2, 0, 1, 1, 1));
          Tensor both =
              Concatenate.concatenate(
                  -1, List.of(most, Resize.resizeNearest(mean, 4, 4), Unary.exp(most)));
          Tensor moved = Transpose.transpose(Slice.slice(both, 1, 1, 3), 0, 3, 1, 2);
          Tensor scale = Unary.sqrt(Unary.linear(Unary.abs(in.get(1)), 1, 0.5f));
          Tensor rows = Sum.sum(Binary.divide(moved, scale), Set.of(2));
          Tensor logits = MatMul.matmul(Reshape.flatten(rows), false, in.get(2), true);
          Tensor labels = Tensor.of(x.device(), Shape.of(3), 1, 4, 0);
          Tensor likelihood = Unary.log(Gather.gather(Softmax.softmax(logits), labels));
          Tensor spread = Binary.multiply(Max.max(logits, Set.of(1)), Softmax.logSumExp(logits));
          return Sum.sum(Binary.subtract(spread, likelihood));
        },
        Shape.of(3, 7, 8, 2),
        Shape.of(1, 6, 1, 1),
        Shape.of(5, 24));
  }
}
