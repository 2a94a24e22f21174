package semigan.gan.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import semigan.gan.data.Batch;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.LossKernels;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.nn.Adam;
import semigan.nn.Losses;
import semigan.nn.Mode;
import semigan.nn.WeightAverage;
import semigan.tensor.NonFinite;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.SemiSupervised;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/**
 * Trains a generator against a discriminator that also classifies; Salimans et al. 2016, section 5,
 * <a href="https://arxiv.org/abs/1606.03498">arXiv:1606.03498</a>. One step is one update of the
 * discriminator, on labelled, unlabelled and generated images, and one of the generator, through
 * the updated discriminator. Everything it holds belongs to the scope in which it was made.
 */
public final class GanTrainer {
  private final Backend device;
  private final TrainConfig config;
  private final GanModel model;
  private final GanModel average;
  private final WeightAverage generatorAverage;
  private final WeightAverage discriminatorAverage;
  private final Adam generatorOptimizer;
  private final Adam discriminatorOptimizer;
  private final RandomSource random;

  public GanTrainer(TrainConfig config, ModelSpec spec, Backend device) {
    this.device = device;
    this.config = config;
    random = new RandomSource(device, config.seed());
    model = GanModel.create(spec, random);
    average = GanModel.create(spec, random);
    generatorAverage =
        new WeightAverage(device, model.generator(), average.generator(), config.averagingRate());
    discriminatorAverage =
        new WeightAverage(
            device, model.discriminator(), average.discriminator(), config.averagingRate());
    AdamSettings settings = new AdamSettings(config.beta1(), 0.999f, 1e-8f, false);
    generatorOptimizer =
        new Adam(device, model.generator().parameters(), settings, config.generatorRate());
    discriminatorOptimizer =
        new Adam(device, model.discriminator().parameters(), settings, config.discriminatorRate());
  }

  /** The running average of the model, which is what evaluation and sampling use. */
  public GanModel average() {
    return average;
  }

  /** Everything that the next step depends on, by name, but for its number. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    model.state().forEach((name, tensor) -> state.put("model." + name, tensor));
    average.state().forEach((name, tensor) -> state.put("average." + name, tensor));
    generatorOptimizer
        .state()
        .forEach((name, tensor) -> state.put("optimizer.generator." + name, tensor));
    discriminatorOptimizer
        .state()
        .forEach((name, tensor) -> state.put("optimizer.discriminator." + name, tensor));
    generatorAverage
        .state()
        .forEach((name, tensor) -> state.put("averaging.generator." + name, tensor));
    discriminatorAverage
        .state()
        .forEach((name, tensor) -> state.put("averaging.discriminator." + name, tensor));
    return state;
  }

  /** What a file of {@link #state} says of the model. */
  public Map<String, String> metadata() {
    return model.metadata();
  }

  /** Scales both learning rates from the next step on. */
  public void scaleRates(float factor) {
    generatorOptimizer.setRate(factor * config.generatorRate());
    discriminatorOptimizer.setRate(factor * config.discriminatorRate());
  }

  /**
   * One step.
   *
   * @param number of the step, from 1; the random numbers depend on it
   * @param labelled images with labels, or null to train without any
   * @param unlabelled images whose labels are not looked at
   * @throws DivergedException if a loss is not finite
   */
  public StepLosses step(long number, Batch labelled, Batch unlabelled) {
    try (Scope step = Scope.open(device)) {
      random.moveTo(number);
      int count = unlabelled.labels().length;
      Tensor fake = model.generator().forward(latents(count), Mode.TRAIN_TRACKING);

      Verdict verdict = judge(labelled, unlabelled, fake.detach());
      var discriminatorParameters = model.discriminator().parameters().values();
      discriminatorOptimizer.step(verdict.total().backward(discriminatorParameters));

      Tensor generatorLoss = generatorLoss(fake, verdict.realFeatures());
      var generatorParameters = model.generator().parameters().values();
      generatorOptimizer.step(generatorLoss.backward(generatorParameters));

      generatorAverage.step();
      discriminatorAverage.step();
      return losses(number, verdict, generatorLoss);
    }
  }

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

  /** Real images pass together, and so are normalised by statistics of their own. */
  private Verdict judge(Batch labelled, Batch unlabelled, Tensor fake) {
    int known = labelled == null ? 0 : labelled.labels().length;
    int unknown = unlabelled.labels().length;
    var onReal = model.discriminator().judge(upload(labelled, unlabelled), Mode.TRAIN_TRACKING);
    var onFake = model.discriminator().judge(fake, Mode.TRAIN);
    Tensor realRows = SemiSupervised.semiSupervised(onReal.logits(), targets(labelled, unknown));
    return new Verdict(
        known == 0
            ? Tensor.zeros(device, DType.F32, Shape.of())
            : Sum.mean(Slice.slice(realRows, 0, 0, known)),
        Sum.mean(Slice.slice(realRows, 0, known, unknown)),
        Losses.semiSupervised(onFake.logits(), targets(unknown, LossKernels.FAKE)),
        onReal.features().detach());
  }

  private Tensor generatorLoss(Tensor fake, Tensor realFeatures) {
    var judged = model.discriminator().judge(fake, Mode.TRAIN);
    int count = fake.shape().size(0);
    Tensor loss = null;
    if (config.generatorLoss().adversarial()) {
      loss = Losses.semiSupervised(judged.logits(), targets(count, LossKernels.REAL));
    }
    if (config.generatorLoss().matchesFeatures()) {
      int known = realFeatures.shape().size(0) - count;
      Tensor unlabelled = Slice.slice(realFeatures, 0, known, count);
      Tensor matching = Losses.featureMatching(unlabelled, judged.features());
      loss = loss == null ? matching : Binary.add(loss, matching);
    }
    return loss;
  }

  private StepLosses losses(long number, Verdict verdict, Tensor generatorLoss) {
    StepLosses losses =
        new StepLosses(
            verdict.labelled().item(),
            verdict.real().item(),
            verdict.fake().item(),
            generatorLoss.item());
    if (!losses.isFinite()) {
      throw new DivergedException(number, losses, whereDiverged(verdict.total(), generatorLoss));
    }
    return losses;
  }

  private Tensor latents(int count) {
    return random.normal(DType.F32, Shape.of(count, model.spec().latent()), 0, 1);
  }

  /** Labelled images first, then unlabelled: {@code [batch, canvas, canvas, channels]}. */
  private Tensor upload(Batch labelled, Batch unlabelled) {
    int known = labelled == null ? 0 : labelled.labels().length;
    int canvas = model.spec().canvas();
    Shape shape =
        Shape.of(known + unlabelled.labels().length, canvas, canvas, model.spec().channels());
    Tensor images = Tensor.empty(device, DType.F32, shape);
    int split = labelled == null ? 0 : labelled.images().length;
    if (known > 0) {
      device.write(labelled.images(), 0, images.buffer().slice(0, split));
    }
    device.write(unlabelled.images(), 0, images.buffer().slice(split, unlabelled.images().length));
    return images;
  }

  private Tensor targets(Batch labelled, int unknown) {
    int[] known = labelled == null ? new int[0] : labelled.labels();
    int[] targets = Arrays.copyOf(known, known.length + unknown);
    Arrays.fill(targets, known.length, targets.length, LossKernels.REAL);
    return Tensor.of(device, Shape.of(targets.length), targets);
  }

  private Tensor targets(int count, int target) {
    int[] targets = new int[count];
    Arrays.fill(targets, target);
    return Tensor.of(device, Shape.of(count), targets);
  }

  /**
   * The name of the layer, or failing that of the operation, at which the numbers stopped being
   * finite.
   */
  private String whereDiverged(Tensor... losses) {
    for (Tensor loss : losses) {
      Optional<NonFinite> place = loss.firstNonFinite();
      if (place.isPresent()) {
        return describe(place.get());
      }
    }
    return "the losses";
  }

  private String describe(NonFinite place) {
    Map<String, Tensor> state = model.state();
    List<Tensor> candidates =
        place.operation().isPresent() ? place.inputs() : List.of(place.tensor());
    for (Map.Entry<String, Tensor> entry : state.entrySet()) {
      if (candidates.stream().anyMatch(tensor -> tensor == entry.getValue())) {
        String parameter = entry.getKey();
        return place.operation().isPresent()
            ? "layer " + parameter.substring(0, parameter.lastIndexOf('.'))
            : "parameter " + parameter;
      }
    }
    return place.operation().orElse("the input") + " of shape " + place.tensor().shape();
  }
}
