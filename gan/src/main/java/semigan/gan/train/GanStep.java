package semigan.gan.train;

import java.util.List;
import semigan.gan.model.DcganDiscriminator;
import semigan.gan.model.GanModel;
import semigan.kernels.DType;
import semigan.nn.Losses;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.nn.Optimizer;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.SemiSupervised;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/**
 * One update of the discriminator, on labelled, unlabelled and generated images, and one of the
 * generator, through the updated discriminator; Salimans et al. 2016, section 5, <a
 * href="https://arxiv.org/abs/1606.03498">arXiv:1606.03498</a>. All of it is work for the device.
 *
 * @param model what learns
 * @param generatorOptimizer of the generator's parameters
 * @param discriminatorOptimizer of the discriminator's parameters
 * @param augmentation what every image passes on its way to the discriminator
 * @param random draws the latent vectors
 * @param generatorLoss what the generator minimises
 * @param type how activations are stored
 */
record GanStep(
    GanModel model,
    Optimizer generatorOptimizer,
    Optimizer discriminatorOptimizer,
    Module augmentation,
    RandomSource random,
    GeneratorLoss generatorLoss,
    DType type) {
  /**
   * What a step gives.
   *
   * @param losses F32 of {@code [4]}, in the order of {@link StepLosses}
   * @param discriminator its whole loss, with its history
   * @param generator its whole loss, with its history
   */
  record Outcome(Tensor losses, Tensor discriminator, Tensor generator) {}

  /**
   * The discriminator's losses on one step's images.
   *
   * @param labelled cross-entropy of the labelled images, 0 without any
   * @param real minus the log of the probability that the unlabelled images are real
   * @param fake minus the log of the probability that the generated images are generated
   * @param realFeatures of the labelled, then the unlabelled images, without history
   */
  private record Verdict(Tensor labelled, Tensor real, Tensor fake, Tensor realFeatures) {
    /** What the discriminator minimises; real and generated images weigh a half each. */
    Tensor total() {
      return Binary.add(labelled, Unary.linear(Binary.add(real, fake), 0.5f, 0));
    }
  }

  Outcome take(StepInputs inputs) {
    Tensor latents = random.normal(type, Shape.of(inputs.unknown(), model.spec().latent()), 0, 1);
    Tensor fake = model.generator().forward(latents, Mode.TRAIN_TRACKING);

    Verdict verdict = judge(inputs, fake.detach());
    Tensor discriminatorLoss = verdict.total();
    var discriminatorParameters = model.discriminator().parameters().values();
    discriminatorOptimizer.step(discriminatorLoss.backward(discriminatorParameters));

    Tensor loss = generatorLoss(inputs, fake, verdict.realFeatures());
    var generatorParameters = model.generator().parameters().values();
    generatorOptimizer.step(loss.backward(generatorParameters));

    Tensor losses = together(verdict.labelled(), verdict.real(), verdict.fake(), loss);
    return new Outcome(losses, discriminatorLoss, loss);
  }

  /** Real images pass together, and so are normalised by statistics of their own. */
  private Verdict judge(StepInputs inputs, Tensor fake) {
    int known = inputs.known();
    Tensor images = Cast.cast(inputs.images(), type);
    var onReal = discriminate(images, Mode.TRAIN_TRACKING);
    var onFake = discriminate(fake, Mode.TRAIN);
    Tensor realRows = SemiSupervised.semiSupervised(single(onReal.logits()), inputs.targets());
    return new Verdict(
        known == 0
            ? Tensor.zeros(images.device(), DType.F32, Shape.of())
            : Sum.mean(Slice.slice(realRows, 0, 0, known)),
        Sum.mean(Slice.slice(realRows, 0, known, inputs.unknown())),
        Losses.semiSupervised(single(onFake.logits()), inputs.generated()),
        onReal.features().detach());
  }

  private DcganDiscriminator.Output discriminate(Tensor images, Mode mode) {
    return model.discriminator().judge(augmentation.forward(images, mode), mode);
  }

  private Tensor generatorLoss(StepInputs inputs, Tensor fake, Tensor realFeatures) {
    var judged = discriminate(fake, Mode.TRAIN);
    Tensor loss = null;
    if (generatorLoss.adversarial()) {
      loss = Losses.semiSupervised(single(judged.logits()), inputs.pretended());
    }
    if (generatorLoss.matchesFeatures()) {
      Tensor unlabelled = Slice.slice(realFeatures, 0, inputs.known(), inputs.unknown());
      Tensor matching = Losses.featureMatching(single(unlabelled), single(judged.features()));
      loss = loss == null ? matching : Binary.add(loss, matching);
    }
    return loss;
  }

  /** Losses, and the means that they compare, are F32 whatever the activations are. */
  private static Tensor single(Tensor activations) {
    return Cast.cast(activations, DType.F32);
  }

  private static Tensor together(Tensor... losses) {
    Shape one = Shape.of(1);
    return Concatenate.concatenate(
        0, List.of(losses).stream().map(loss -> Reshape.reshape(loss.detach(), one)).toList());
  }
}
