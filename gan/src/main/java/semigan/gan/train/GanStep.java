package semigan.gan.train;

import java.util.List;
import java.util.Set;
import semigan.gan.model.Discriminator;
import semigan.gan.model.GanModel;
import semigan.kernels.DType;
import semigan.nn.GradientClipping;
import semigan.nn.Losses;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.nn.Optimizer;
import semigan.tensor.Gradients;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.SemiSupervised;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Softmax;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/**
 * One update of the discriminator, on labelled, unlabelled and generated images, and one of the
 * generator, through the updated discriminator; Salimans et al. 2016, section 5, <a
 * href="https://arxiv.org/abs/1606.03498">arXiv:1606.03498</a>. All of it is work for the device.
 *
 * @param model what learns; without a generator the discriminator learns to classify alone
 * @param average its running average, which a consistency term asks where there are no teachers
 * @param generatorOptimizer of the generator's parameters
 * @param discriminatorOptimizer of the discriminator's parameters
 * @param augmentation what every image passes on its way to the discriminator
 * @param random draws the latent vectors
 * @param objective what is minimised
 * @param lowDensity of generated images, or null where the objective has no such term
 * @param teachers whom a consistency term asks
 * @param ramp how far the terms on unlabelled images that are not the GAN's count by now: a scalar
 * @param type how activations are stored
 */
record GanStep(
    GanModel model,
    GanModel average,
    Optimizer generatorOptimizer,
    Optimizer discriminatorOptimizer,
    Module augmentation,
    RandomSource random,
    Objective objective,
    LowDensity lowDensity,
    Teachers teachers,
    Tensor ramp,
    DType type) {
  /**
   * What a step gives.
   *
   * @param measured F32 of {@code [9]}, as {@link StepReport#of} takes it
   * @param totals the whole loss of the discriminator, and of the generator if there is one, with
   *     their history
   */
  record Outcome(Tensor measured, List<Tensor> totals) {}

  /**
   * The discriminator's losses on one step's images; null where there is nothing to measure.
   *
   * @param labelled cross-entropy of the labelled images
   * @param real minus the log of the probability that the unlabelled images are real
   * @param fake minus the log of the probability that the generated images are generated
   * @param truth mean probabilities given to the truth about unlabelled and about generated images:
   *     {@code [2]}
   * @param regulariser the weighted sum of the other terms on unlabelled images
   * @param features of the labelled, the unlabelled and the generated images, without history
   */
  private record Verdict(
      Tensor labelled,
      Tensor real,
      Tensor fake,
      Tensor truth,
      Tensor regulariser,
      Tensor features) {}

  Outcome take(StepInputs inputs) {
    if (!model.spec().generates()) {
      Verdict verdict = judge(inputs, null);
      Tensor total = plus(verdict.labelled, verdict.regulariser);
      Tensor norm = update(model.discriminator(), discriminatorOptimizer, total);
      return outcome(verdict, norm, null, null, List.of(total));
    }
    Tensor fake = generate(inputs.unknown());
    Verdict verdict = judge(inputs, fake.detach());
    // Real and generated images weigh a half each.
    Tensor realOrFake = Unary.linear(Binary.add(verdict.real, verdict.fake), 0.5f, 0);
    Tensor total = plus(plus(verdict.labelled, realOrFake), verdict.regulariser);
    Tensor norm = update(model.discriminator(), discriminatorOptimizer, total);

    Tensor next = objective.freshFeatures() ? generate(inputs.unknown()) : fake;
    Tensor generatorTotal = generatorLoss(inputs, next, verdict.features);
    Tensor generatorNorm = update(model.generator(), generatorOptimizer, generatorTotal);
    return outcome(verdict, norm, generatorTotal, generatorNorm, List.of(total, generatorTotal));
  }

  private Tensor generate(int count) {
    return model.generator().forward(model.latents(random, type, count), Mode.TRAIN_TRACKING);
  }

  /** The norm of the gradient. */
  private Tensor update(Module module, Optimizer optimizer, Tensor loss) {
    var parameters = module.parameters().values();
    Gradients gradients = loss.backward(parameters);
    Tensor norm = GradientClipping.norm(random.device(), gradients, parameters);
    optimizer.step(gradients);
    return norm;
  }

  /**
   * Real and generated images pass together, as two batches: each is normalised by statistics of
   * its own, and evaluation will go by those of the real ones.
   */
  private Verdict judge(StepInputs inputs, Tensor fake) {
    int known = inputs.known();
    int unknown = inputs.unknown();
    Tensor images = Cast.cast(inputs.images(), type);
    List<Integer> batches = List.of(known + unknown);
    if (fake != null) {
      images = Concatenate.concatenate(0, List.of(images, fake));
      batches = List.of(known + unknown, unknown);
    }
    images = augmentation.forward(images, Mode.TRAIN_TRACKING);
    var judged = model.discriminator().judge(images, batches, Mode.TRAIN_TRACKING);
    Tensor logits = single(judged.logits());
    Tensor losses = SemiSupervised.semiSupervised(logits, inputs.targets());
    Tensor labelled = known == 0 ? null : labelled(inputs, logits, losses);
    Tensor real = null;
    Tensor onFake = null;
    Tensor truth = null;
    if (fake != null) {
      real = Sum.mean(Slice.slice(losses, 0, known, unknown));
      onFake = Sum.mean(Slice.slice(losses, 0, known + unknown, unknown));
      truth = probabilities(Slice.slice(losses.detach(), 0, known, 2 * unknown));
    }
    Tensor regulariser = null;
    if (objective.regularises()) {
      Tensor whole =
          regulariser(
              inputs,
              Slice.slice(images, 0, known, unknown),
              Slice.slice(logits, 0, known, unknown));
      regulariser = Binary.multiply(whole, ramp);
    }
    return new Verdict(labelled, real, onFake, truth, regulariser, judged.features().detach());
  }

  /** The mean over labelled images, which come first; the loss of a blend is that of its parts. */
  private static Tensor labelled(StepInputs inputs, Tensor logits, Tensor losses) {
    Tensor own = Slice.slice(losses, 0, 0, inputs.known());
    if (inputs.shares() == null) {
      return Sum.mean(own);
    }
    Tensor partners =
        SemiSupervised.semiSupervised(
            Slice.slice(logits, 0, 0, inputs.known()), inputs.blendedIn());
    Tensor more = Binary.multiply(inputs.shares(), Binary.subtract(own, partners));
    return Sum.mean(Binary.add(partners, more));
  }

  /** Of which the losses are minus the logarithms; the means of their first and second half. */
  private static Tensor probabilities(Tensor losses) {
    Tensor each = Unary.exp(Unary.linear(losses, -1, 0));
    return Sum.mean(Reshape.reshape(each, Shape.of(2, losses.shape().size(0) / 2)), Set.of(1));
  }

  private Discriminator.Output discriminate(Tensor images, Mode mode) {
    return model.discriminator().judge(augmentation.forward(images, mode), mode);
  }

  /** Of unlabelled images and their logits. */
  private Tensor regulariser(StepInputs inputs, Tensor images, Tensor logits) {
    Tensor sum = null;
    if (objective.entropy() > 0) {
      sum = weighted(objective.entropy(), Losses.entropy(logits));
    }
    if (objective.balance() > 0) {
      sum = plus(sum, weighted(objective.balance(), Losses.imbalance(logits)));
    }
    if (objective.perturbation() > 0) {
      var worst =
          new VirtualAdversarial(
              changed -> model.discriminator().forward(changed, Mode.TRAIN),
              objective.perturbationSize(),
              random);
      sum = plus(sum, weighted(objective.perturbation(), worst.of(images)));
    }
    if (objective.consistency() > 0) {
      Tensor apart = Consistency.of(logits, classes(inputs), objective.confidence());
      sum = plus(sum, weighted(objective.consistency(), apart));
    }
    return sum;
  }

  /** Class probabilities of the unlabelled images, without history. */
  private Tensor classes(StepInputs inputs) {
    if (!teachers.isEmpty()) {
      return teachers.probabilities(inputs.forTeacher());
    }
    Tensor seen = Cast.cast(inputs.forTeacher(), type);
    return Softmax.softmax(single(average.discriminator().forward(seen, Mode.EVAL))).detach();
  }

  private Tensor generatorLoss(StepInputs inputs, Tensor fake, Tensor realFeatures) {
    var judged = discriminate(fake, Mode.TRAIN);
    Tensor features = single(judged.features());
    Tensor loss = null;
    if (objective.generatorLoss().adversarial()) {
      Tensor logits = single(judged.logits());
      loss = Losses.semiSupervised(logits, inputs.pretended());
    }
    if (objective.generatorLoss().matchesFeatures()) {
      Tensor wanted =
          objective.freshFeatures()
              ? discriminate(Cast.cast(inputs.others(), type), Mode.TRAIN).features().detach()
              : Slice.slice(realFeatures, 0, inputs.known(), inputs.unknown());
      loss = plus(loss, Losses.featureMatching(single(wanted), features));
    }
    if (objective.pullAway() > 0) {
      loss = plus(loss, weighted(objective.pullAway(), Losses.pullAway(features)));
    }
    if (lowDensity != null) {
      loss = plus(loss, weighted(objective.density(), lowDensity.of(fake)));
    }
    return loss;
  }

  private static Tensor weighted(float weight, Tensor term) {
    return weight == 1 ? term : Unary.linear(term, weight, 0);
  }

  /** The sum, where either may be missing. */
  private static Tensor plus(Tensor a, Tensor b) {
    return a == null ? b : b == null ? a : Binary.add(a, b);
  }

  /** Losses, and the means that they compare, are F32 whatever the activations are. */
  private static Tensor single(Tensor activations) {
    return Cast.cast(activations, DType.F32);
  }

  private Outcome outcome(
      Verdict verdict, Tensor norm, Tensor generator, Tensor generatorNorm, List<Tensor> totals) {
    List<Tensor> measured =
        List.of(
            flat(verdict.labelled, 1),
            flat(verdict.real, 1),
            flat(verdict.fake, 1),
            flat(generator, 1),
            flat(verdict.regulariser, 1),
            flat(verdict.truth, 2),
            flat(norm, 1),
            flat(generatorNorm, 1));
    return new Outcome(Concatenate.concatenate(0, measured), totals);
  }

  /** Zeros where nothing was measured. */
  private Tensor flat(Tensor values, int length) {
    Shape shape = Shape.of(length);
    return values == null
        ? Tensor.zeros(random.device(), DType.F32, shape)
        : Reshape.reshape(values.detach(), shape);
  }
}
