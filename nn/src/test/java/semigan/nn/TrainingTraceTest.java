package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.kernels.LossKernels;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.Window;

/**
 * Ten training steps of a small semi-supervised DCGAN, with every kind of layer in it, have the
 * same losses on every backend.
 */
class TrainingTraceTest {
  private static final int STEPS = 10;
  private static final int BATCH = 6;
  private static final int NOISE = 8;
  private static final int CLASSES = 3;

  /**
   * Relative above 1. Sums of a few hundred F32 terms part in the last digit between backends (1e-7
   * was seen); the room is for other processors, whose sums go in another order.
   */
  private static final double TOLERANCE = 1e-5;

  static Stream<String> fastDevices() {
    return Backends.names().stream().filter(name -> !name.equals("reference"));
  }

  @ParameterizedTest
  @MethodSource("fastDevices")
  void tenStepsHaveTheLossesOfTheReference(String name) {
    double[] trace = trace(Devices.open(name), 7);
    double[] expected = trace(Devices.open("reference"), 7);
    for (int i = 0; i < expected.length; i++) {
      double allowed = TOLERANCE * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], trace[i], allowed, "loss " + i % 2 + " of step " + i / 2);
    }
  }

  @ParameterizedTest
  @MethodSource("fastDevices")
  void theSameSeedGivesTheSameBits(String name) {
    assertArrayEquals(trace(Devices.open(name), 7), trace(Devices.open(name), 7));
  }

  @Test
  void theTraceDependsOnTheSeedAndTheLossesMove() {
    double[] trace = trace(Devices.open("reference"), 7);
    double[] other = trace(Devices.open("reference"), 8);
    for (int i = 0; i < trace.length; i++) {
      assertTrue(Math.abs(trace[i] - other[i]) > 100 * TOLERANCE, "loss " + i);
    }
    double change = Math.abs(trace[trace.length - 2] - trace[0]);
    assertTrue(change > 0.1, "the discriminator's loss moved by " + change);
  }

  /** The discriminator's and the generator's loss of each step; closes the device. */
  private static double[] trace(Backend device, long seed) {
    double[] losses = new double[2 * STEPS];
    try (Scope run = Scope.open(device)) {
      var gan = new TinyGan(device, seed);
      long live = device.memory().live();
      for (int step = 0; step < STEPS; step++) {
        losses[2 * step] = gan.discriminatorStep();
        losses[2 * step + 1] = gan.generatorStep();
        gan.random.advance();
        assertEquals(live, device.memory().live(), "bytes live after step " + step);
      }
    }
    assertEquals(0, device.memory().live(), "bytes live at the end");
    device.close();
    return losses;
  }

  /** 8x8 images of one channel. */
  private static final class TinyGan {
    private static final Window HALF = Window.of(2, 1);

    private final Backend device;
    private final RandomSource random;
    private final Module generator;
    private final Module features;
    private final Module classifier;
    private final Module discriminator;
    private final Optimizer generatorAdam;
    private final Optimizer discriminatorAdam;

    TinyGan(Backend device, long seed) {
      this.device = device;
      this.random = new RandomSource(device, seed);
      Initialiser normal = Initialiser.normal(0.1f);
      generator =
          new Sequential(
              new Dense(NOISE, 2 * 2 * 12, false, normal, random),
              Layer.toImages(2, 2, 12),
              BatchNorm.withRelu(12, device),
              new ConvTranspose2d(12, 6, 4, HALF, false, normal, random),
              new BatchNorm(6, false, device),
              Layer.relu(),
              new ConvTranspose2d(6, 1, 4, HALF, true, normal, random),
              Layer.tanh());
      features =
          new Sequential(
              Layer.noise(0.1f, random),
              new WeightNorm(new Conv2d(1, 6, 4, HALF, true, normal, random), false, 1),
              Layer.leakyRelu(0.2f),
              Layer.dropout(0.2f, random),
              new Conv2d(6, 12, 4, HALF, false, normal, random),
              BatchNorm.withLeakyRelu(12, 0.2f, device),
              Layer.flatten());
      classifier = new WeightNorm(new Dense(48, CLASSES, true, normal, random), true, 1);
      discriminator = new Sequential(features, classifier);
      generatorAdam = new Adam(device, generator.parameters(), Adam.forGans(), 2e-3f);
      discriminatorAdam = new Adam(device, discriminator.parameters(), Adam.forGans(), 2e-3f);
      try (Scope scope = Scope.open(device)) {
        discriminator.initialise(images());
      }
    }

    double discriminatorStep() {
      try (Scope step = Scope.open(device)) {
        Tensor batch = Concatenate.concatenate(0, List.of(images(), images(), generated()));
        Tensor logits = discriminator.forward(batch, Mode.TRAIN_TRACKING);
        Tensor loss = Losses.semiSupervised(logits, targets());
        var parameters = discriminator.parameters().values();
        var gradients = loss.backward(parameters);
        GradientClipping.byNorm(device, 0.5f, gradients, parameters);
        discriminatorAdam.step(gradients);
        return loss.item();
      }
    }

    double generatorStep() {
      try (Scope step = Scope.open(device)) {
        Tensor fake = features.forward(generated(), Mode.TRAIN);
        Tensor real = features.forward(images(), Mode.TRAIN).detach();
        Tensor realLogit = Losses.realLogit(classifier.forward(fake, Mode.TRAIN));
        Tensor loss =
            Binary.add(Losses.featureMatching(real, fake), Losses.binaryCrossEntropy(realLogit, 1));
        generatorAdam.step(loss.backward(generator.parameters().values()));
        return loss.item();
      }
    }

    private Tensor images() {
      return random.uniform(DType.F32, Shape.of(BATCH, 8, 8, 1), -1, 1);
    }

    private Tensor generated() {
      Tensor noise = random.normal(DType.F32, Shape.of(BATCH, NOISE), 0, 1);
      return generator.forward(noise, Mode.TRAIN_TRACKING);
    }

    /** Labelled, real and generated rows in a batch of three. */
    private Tensor targets() {
      int[] targets = new int[3 * BATCH];
      for (int i = 0; i < BATCH; i++) {
        targets[i] = i % CLASSES;
        targets[BATCH + i] = LossKernels.REAL;
        targets[2 * BATCH + i] = LossKernels.FAKE;
      }
      return Tensor.of(device, Shape.of(targets.length), targets);
    }
  }
}
