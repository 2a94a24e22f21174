package semigan.gan.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.nn.Adam;
import semigan.nn.Layer;
import semigan.nn.WeightAverage;
import semigan.tensor.NonFinite;
import semigan.tensor.RandomSource;
import semigan.tensor.RepeatedStep;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Trains a generator against a discriminator that also classifies, step by step: {@link #feed} the
 * images, {@link #run} the step, read its {@link #report}; {@link GanStep} is what a step does. A
 * device may still be at work when {@code run} returns, so that the next images can be fed
 * meanwhile. Everything it holds belongs to the scope in which it was made and fed.
 */
public final class GanTrainer implements AutoCloseable {
  private final Backend device;
  private final TrainConfig config;
  private final GanModel model;
  private final GanModel average;
  private final WeightAverage generatorAverage;
  private final WeightAverage discriminatorAverage;
  private final Adam generatorOptimizer;
  private final Adam discriminatorOptimizer;
  private final RandomSource random;
  private final Tensor ramp;
  private final LowDensity lowDensity;
  private final Teachers teachers;
  private StepInputs inputs;
  private RepeatedStep<GanStep.Outcome> step;
  private long number;

  /**
   * @throws IllegalArgumentException if the device does not have the config's precision, or one of
   *     the config's teachers does not suit
   * @throws semigan.gan.store.StoreException if a teacher is not there
   */
  public GanTrainer(TrainConfig config, ModelSpec spec, Backend device) {
    this.device = device;
    this.config = config;
    requirePrecision(config, device);
    LearningSettings learning = config.learning();
    random = new RandomSource(device, config.run().seed());
    ramp = Tensor.full(device, DType.F32, Shape.of(), 1);
    model = GanModel.create(spec, random);
    if (config.run().precision() != Precision.F32) {
      model.generator().parameters().values().forEach(Tensor::keepRounded);
      model.discriminator().parameters().values().forEach(Tensor::keepRounded);
    }
    average = GanModel.create(spec, random);
    generatorAverage =
        new WeightAverage(device, model.generator(), average.generator(), learning.averagingRate());
    discriminatorAverage =
        new WeightAverage(
            device, model.discriminator(), average.discriminator(), learning.averagingRate());
    AdamSettings settings =
        new AdamSettings(learning.beta1(), 0.999f, 1e-8f, learning.epsilonInside());
    generatorOptimizer =
        new Adam(device, model.generator().parameters(), settings, learning.generatorRate())
            .averaging(generatorAverage);
    discriminatorOptimizer =
        new Adam(device, model.discriminator().parameters(), settings, learning.discriminatorRate())
            .averaging(discriminatorAverage);
    lowDensity =
        spec.generates() && config.objective().density() > 0
            ? new LowDensity(config, spec, device)
            : null;
    teachers = Teachers.of(config, spec, device);
  }

  /**
   * @throws IllegalArgumentException if the device does not have the config's precision
   */
  public static void requirePrecision(TrainConfig config, Backend device) {
    if (!device.supports(config.run().precision().type())) {
      throw new IllegalArgumentException(
          "--precision %s: %s (%s) does not have it, expected a GPU or a processor with AVX-512 BF16; use --precision f32"
              .formatted(config.run().precision(), device.name(), device.description()));
    }
  }

  /**
   * Sets what depends on data, as the discriminator's normalised weights do, from one batch; before
   * the first step.
   *
   * @param images {@code [count, canvas, canvas, channels]} in [-1, 1], row-major
   */
  public void initialise(float[] images) {
    ModelSpec spec = model.spec();
    int length = spec.canvas() * spec.canvas() * spec.channels();
    int count = images.length / length;
    try (Scope scope = Scope.open(device)) {
      Shape shape = Shape.of(count, spec.canvas(), spec.canvas(), spec.channels());
      model.discriminator().initialise(Tensor.of(scope.device(), shape, images));
    }
    Map<String, Tensor> averages = average.state();
    model.state().forEach((name, tensor) -> averages.get(name).assign(tensor));
  }

  /** A term of the generator's loss that learns before the first step; none if it has weight 0. */
  Optional<LowDensity> lowDensity() {
    return Optional.ofNullable(lowDensity);
  }

  /** What learns, as it is after the last step. */
  public GanModel model() {
    return model;
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
    if (lowDensity != null) {
      lowDensity.state().forEach((name, tensor) -> state.put("density." + name, tensor));
    }
    return state;
  }

  /** What a file of {@link #state} says of the model. */
  public Map<String, String> metadata() {
    return model.metadata();
  }

  /**
   * Sets learning rates and weights for the next step to what they are at a place in the run.
   *
   * @param done share of the run, in [0, 1]
   */
  public void adjustTo(double done) {
    LearningSettings learning = config.learning();
    float factor = learning.schedule().factor(done);
    generatorOptimizer.setRate(factor * learning.generatorRate());
    discriminatorOptimizer.setRate(factor * learning.discriminatorRate());
    ramp.assign(new float[] {config.objective().ramp().factor(done)});
  }

  /**
   * Puts the next step's images on the device. A size that the last step did not have begins a new
   * recording.
   *
   * @param batches what the config's step needs
   */
  public void feed(StepBatches batches) {
    if (inputs == null || !inputs.holds(batches)) {
      close();
      inputs = new StepInputs(model.spec(), batches, device);
      GanStep each =
          new GanStep(
              model,
              average,
              generatorOptimizer,
              discriminatorOptimizer,
              Layer.augment(DiffAugment.together(config.images().augment()), random),
              random,
              config.objective(),
              lowDensity,
              teachers,
              ramp,
              config.run().precision().type());
      StepInputs fed = inputs;
      step = new RepeatedStep<>(device, () -> each.take(fed));
    }
    inputs.write(batches);
  }

  /**
   * Queues one step on the images that were fed last.
   *
   * @param number of the step, from 1; the random numbers depend on it
   */
  public void run(long number) {
    this.number = number;
    random.moveTo(number);
    step.run();
  }

  /**
   * Waits for the step that was run last.
   *
   * @throws DivergedException if a loss is not finite, or the norm of a gradient
   */
  public StepReport report() {
    GanStep.Outcome outcome = step.result();
    StepReport report = StepReport.of(outcome.measured().toFloats());
    if (!report.isFinite()) {
      throw new DivergedException(number, report, whereDiverged(outcome.totals()));
    }
    step.release();
    return report;
  }

  /**
   * Looks at the state as the last step left it, which reads all of it.
   *
   * @throws DivergedException if a number in it is not finite
   */
  void requireFinite() {
    Optional<String> spoilt = firstNonFinite(state());
    if (spoilt.isPresent()) {
      throw new DivergedException(number, spoilt.get());
    }
  }

  /** {@link #feed}, {@link #run} and {@link #report} at once. */
  public StepReport step(long number, StepBatches batches) {
    feed(batches);
    run(number);
    return report();
  }

  /** Gives back what the step's recording holds. */
  @Override
  public void close() {
    if (step != null) {
      step.close();
      step = null;
      inputs = null;
    }
  }

  /**
   * The name of the layer, or failing that of the operation, at which the numbers stopped being
   * finite; of a parameter, where only the gradients did and have spoilt it.
   */
  private String whereDiverged(List<Tensor> losses) {
    for (Tensor tensor : losses) {
      Optional<NonFinite> place = tensor.firstNonFinite();
      if (place.isPresent()) {
        return describe(place.get());
      }
    }
    return firstNonFinite(model.state()).map(name -> "parameter " + name).orElse("the gradients");
  }

  private static Optional<String> firstNonFinite(Map<String, Tensor> state) {
    return state.entrySet().stream()
        .filter(entry -> entry.getValue().firstNonFinite().isPresent())
        .map(Map.Entry::getKey)
        .findFirst();
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
