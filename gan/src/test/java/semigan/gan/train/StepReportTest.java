package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static semigan.gan.train.Devices.open;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.gan.data.Batch;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.Mixup;
import semigan.gan.data.PaddedDataset;
import semigan.gan.model.Architecture;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/** Scores and gradient norms of a step, against what can be seen of it from outside. */
class StepReportTest {
  private static final int LABELLED = 3;
  private static final int UNLABELLED = 8;
  private static final float BETA1 = 0.5f;

  private static final ImageDataset IMAGES =
      new PaddedDataset(DataSets.open("glyphs", DataOptions.defaults()).train(), 32, 32);

  private static final ModelSpec SPEC =
      new ModelSpec(Architecture.DCGAN, 32, 28, 28, 1, 4, 8, IMAGES.classNames());

  private static final TrainConfig CONFIG =
      TrainConfig.of(
          Map.of(
              "batch",
              UNLABELLED,
              "filters",
              4,
              "latent",
              8,
              "seed",
              1,
              "beta1",
              BETA1,
              "steps",
              10));

  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void scoresAreMeanProbabilitiesOfBeingReal(String name) {
    try (Backend device = open(name);
        Scope scope = Scope.open(device);
        GanTrainer trainer = new GanTrainer(CONFIG, SPEC, scope.device())) {
      Batch labelled = images(0, LABELLED);
      Batch unlabelled = images(LABELLED, UNLABELLED);
      double[] real = probabilities(trainer.model(), together(labelled, unlabelled, device));
      double[] fake = probabilities(trainer.model(), drawn(trainer.model(), device));
      StepReport report = trainer.step(1, StepBatches.of(labelled, unlabelled));
      assertEquals(mean(real, LABELLED), report.scoreReal(), 1e-5);
      assertEquals(mean(fake, 0), report.scoreFake(), 1e-5);
    }
  }

  /** Adam's first moment after the first step is the gradient, but for a factor. */
  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void normsAreThoseOfTheGradientsThatTheOptimisersGet(String name) {
    try (Backend device = open(name);
        Scope scope = Scope.open(device);
        GanTrainer trainer = new GanTrainer(CONFIG, SPEC, scope.device())) {
      StepReport report =
          trainer.step(1, StepBatches.of(images(0, LABELLED), images(LABELLED, UNLABELLED)));
      double discriminator = gradientNorm(trainer, "optimizer.discriminator.first.");
      double generator = gradientNorm(trainer, "optimizer.generator.first.");
      assertTrue(discriminator > 0 && generator > 0);
      assertEquals(discriminator, report.gradientNormDiscriminator(), 1e-5 * discriminator);
      assertEquals(generator, report.gradientNormGenerator(), 1e-5 * generator);
    }
  }

  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void aClassifierAloneHasAGradientAndNoScores(String name) {
    try (Backend device = open(name);
        Scope scope = Scope.open(device);
        GanTrainer trainer =
            new GanTrainer(CONFIG.baseline(10), SPEC.withoutGenerator(), scope.device())) {
      StepReport report = trainer.step(1, StepBatches.of(images(0, LABELLED), null));
      assertEquals(
          Set.of("lossLabelled", "gradientNormDiscriminator"),
          report.means(1, false, false).keySet());
      assertTrue(report.gradientNormDiscriminator() > 0);
    }
  }

  @ParameterizedTest
  @MethodSource("semigan.kernels.Backends#names")
  void theLossOfABlendIsTheBlendOfTheLosses(String name) {
    try (Backend device = open(name);
        Scope scope = Scope.open(device);
        GanTrainer trainer =
            new GanTrainer(CONFIG.baseline(10), SPEC.withoutGenerator(), scope.device())) {
      Batch plain = images(0, LABELLED);
      int[] partners = {1, 2, 0};
      float[] shares = {0.75f, 0.5f, 1};
      Shape shape = Shape.of(LABELLED, 32, 32, 1);
      Tensor logits =
          trainer
              .model()
              .discriminator()
              .forward(Tensor.of(device, shape, plain.images()), Mode.TRAIN);
      double[][] losses = crossEntropies(logits);
      double expected = 0;
      for (int i = 0; i < LABELLED; i++) {
        int other = plain.labels()[partners[i]];
        expected += shares[i] * losses[i][plain.labels()[i]] / LABELLED;
        expected += (1 - shares[i]) * losses[i][other] / LABELLED;
      }
      Batch blended = new Batch(plain.images(), plain.labels(), 0, new Mixup(partners, shares));
      StepReport report = trainer.step(1, StepBatches.of(blended, null));
      assertEquals(expected, report.losses().labelled(), 1e-5);
    }
  }

  /** Of each row with each class. */
  private static double[][] crossEntropies(Tensor logits) {
    int rows = logits.shape().size(0);
    int classes = logits.shape().size(1);
    double[] values = logits.toDoubles();
    double[][] losses = new double[rows][classes];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum += Math.exp(values[row * classes + k]);
      }
      for (int k = 0; k < classes; k++) {
        losses[row][k] = Math.log(sum) - values[row * classes + k];
      }
    }
    return losses;
  }

  private static double gradientNorm(GanTrainer trainer, String prefix) {
    double squares = 0;
    for (Map.Entry<String, Tensor> entry : trainer.state().entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        for (double moment : entry.getValue().toDoubles()) {
          squares += moment * moment;
        }
      }
    }
    return Math.sqrt(squares) / (1 - BETA1);
  }

  /** The images of the step whose number is 1. */
  private static Tensor drawn(GanModel model, Backend device) {
    RandomSource random = new RandomSource(device, 1);
    random.moveTo(1);
    Tensor latents = model.latents(random, DType.F32, UNLABELLED);
    return model.generator().forward(latents, Mode.TRAIN).detach();
  }

  private static double[] probabilities(GanModel model, Tensor images) {
    double[] logits = model.discriminator().forward(images, Mode.TRAIN).toDoubles();
    double[] real = new double[images.shape().size(0)];
    int classes = logits.length / real.length;
    for (int i = 0; i < logits.length; i++) {
      real[i / classes] += Math.exp(logits[i]);
    }
    for (int i = 0; i < real.length; i++) {
      real[i] /= 1 + real[i];
    }
    return real;
  }

  private static double mean(double[] values, int from) {
    double sum = 0;
    for (int i = from; i < values.length; i++) {
      sum += values[i];
    }
    return sum / (values.length - from);
  }

  private static Batch images(int first, int count) {
    float[] pixels = new float[count * IMAGES.imageLength()];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      IMAGES.read(first + i, pixels, i * IMAGES.imageLength());
      labels[i] = IMAGES.label(first + i);
    }
    return new Batch(pixels, labels, 0);
  }

  private static Tensor together(Batch a, Batch b, Backend device) {
    float[] pixels = new float[a.images().length + b.images().length];
    System.arraycopy(a.images(), 0, pixels, 0, a.images().length);
    System.arraycopy(b.images(), 0, pixels, a.images().length, b.images().length);
    return Tensor.of(device, Shape.of(LABELLED + UNLABELLED, 32, 32, 1), pixels);
  }
}
