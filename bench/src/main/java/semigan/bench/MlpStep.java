package semigan.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.LossKernels;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.nn.Adam;
import semigan.nn.BatchNorm;
import semigan.nn.Dense;
import semigan.nn.Initialiser;
import semigan.nn.Layer;
import semigan.nn.Losses;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.nn.Sequential;
import semigan.nn.WeightNorm;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.SemiSupervised;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Sum;

/**
 * A step of semi-supervised feature matching with fully connected layers on 28x28 images, as
 * Salimans et al. 2016, <a href="https://arxiv.org/abs/1606.03498">arXiv:1606.03498</a>, train on
 * MNIST: the discriminator on labelled, unlabelled and generated images, then the generator on the
 * features of other unlabelled ones. Images and labels are random. It belongs to the scope in which
 * it was made.
 */
final class MlpStep {
  private static final int PIXELS = 28 * 28;
  private static final int LATENT = 100;
  private static final int CLASSES = 10;
  private static final float RATE = 0.003f;
  private static final AdamSettings ADAM = new AdamSettings(0.5f, 0.999f, 1e-8f, true);
  private static final Initialiser INITIAL = Initialiser.normal(0.1f);

  private final Backend device;
  private final int batch;
  private final RandomSource random;
  private final Module generator;
  private final Module features;
  private final Module classifier;
  private final List<Tensor> generatorParameters;
  private final List<Tensor> discriminatorParameters;
  private final Adam generatorAdam;
  private final Adam discriminatorAdam;
  private final Tensor images; // labelled, then unlabelled: [2 batch, PIXELS]
  private final Tensor others; // unlabelled: [batch, PIXELS]
  private final Tensor targets; // of images, then of as many generated as unlabelled: [3 batch]
  private long number;

  /**
   * @param batch labelled images, unlabelled images and generated images of a step, each
   */
  MlpStep(Backend device, int batch) {
    this.device = device;
    this.batch = batch;
    random = new RandomSource(device, 1);
    generator = generator();
    features = features();
    classifier = new Sequential(Layer.noise(0.5f, random), normalised(250, CLASSES));
    images = random.uniform(DType.F32, Shape.of(2 * batch, PIXELS), 0, 1);
    others = random.uniform(DType.F32, Shape.of(batch, PIXELS), 0, 1);
    targets = Tensor.of(device, Shape.of(3 * batch), targets(batch));
    try (Scope first = Scope.open(device)) {
      classifier.initialise(features.initialise(images));
      generator.initialise(latents());
    }
    Map<String, Tensor> discriminator = new LinkedHashMap<>();
    features.parameters().forEach((name, tensor) -> discriminator.put("features." + name, tensor));
    classifier.parameters().forEach((name, t) -> discriminator.put("classifier." + name, t));
    discriminatorParameters = List.copyOf(discriminator.values());
    generatorParameters = List.copyOf(generator.parameters().values());
    discriminatorAdam = new Adam(device, discriminator, ADAM, RATE);
    generatorAdam = new Adam(device, generator.parameters(), ADAM, RATE);
  }

  private static int[] targets(int batch) {
    int[] targets = new int[3 * batch];
    Arrays.setAll(targets, i -> i % CLASSES);
    Arrays.fill(targets, batch, 2 * batch, LossKernels.REAL);
    Arrays.fill(targets, 2 * batch, 3 * batch, LossKernels.FAKE);
    return targets;
  }

  /** Queues one update of the discriminator and one of the generator. */
  void run() {
    try (Scope step = Scope.open(device)) {
      random.moveTo(++number);
      Tensor fake = generator.forward(latents(), Mode.TRAIN_TRACKING);
      Tensor loss = discriminatorLoss(fake.detach());
      discriminatorAdam.step(loss.backward(discriminatorParameters));

      Tensor real = features.forward(others, Mode.TRAIN).detach();
      Tensor matching = Losses.featureMatching(real, features.forward(fake, Mode.TRAIN));
      generatorAdam.step(matching.backward(generatorParameters));
    }
  }

  /** The discriminator's loss on the step's images and on newly generated ones. */
  float loss() {
    try (Scope scope = Scope.open(device)) {
      return discriminatorLoss(generator.forward(latents(), Mode.TRAIN)).item();
    }
  }

  /** No layer looks at a batch as a whole, so that all images may pass together. */
  private Tensor discriminatorLoss(Tensor fake) {
    Tensor all = Concatenate.concatenate(0, List.of(images, fake));
    Tensor logits = classifier.forward(features.forward(all, Mode.TRAIN), Mode.TRAIN);
    Tensor rows = SemiSupervised.semiSupervised(logits, targets);
    Tensor labelled = Sum.mean(Slice.slice(rows, 0, 0, batch));
    // The mean over both kinds weighs each a half.
    Tensor realOrFake = Sum.mean(Slice.slice(rows, 0, batch, 2 * batch));
    return Binary.add(labelled, realOrFake);
  }

  private Tensor latents() {
    return random.uniform(DType.F32, Shape.of(batch, LATENT), 0, 1);
  }

  private Module generator() {
    return new Sequential(
        new Dense(LATENT, 500, false, INITIAL, random),
        new BatchNorm(500, false, device),
        Layer.softplus(),
        new Dense(500, 500, false, INITIAL, random),
        new BatchNorm(500, false, device),
        Layer.softplus(),
        normalised(500, PIXELS),
        Layer.sigmoid());
  }

  private Module features() {
    List<Module> layers = new ArrayList<>();
    int inputs = PIXELS;
    for (int outputs : new int[] {1000, 500, 250, 250, 250}) {
      layers.add(Layer.noise(inputs == PIXELS ? 0.3f : 0.5f, random));
      layers.add(new WeightNorm(Dense.withRelu(inputs, outputs, INITIAL, random), false, 1));
      inputs = outputs;
    }
    return new Sequential(layers);
  }

  private Module normalised(int inputs, int outputs) {
    return new WeightNorm(new Dense(inputs, outputs, true, INITIAL, random), true, 1);
  }
}
