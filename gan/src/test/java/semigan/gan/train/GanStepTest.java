package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.data.Batch;
import semigan.gan.model.Architecture;
import semigan.gan.model.Discriminator;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.store.JsonFile;
import semigan.gan.store.RunFolder;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.nn.Adam;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.Unary;

/**
 * What a step minimises, by formulas in double of what its networks say. With the logits {@code l}
 * of the classes and {@code Z = sum_k exp(l_k)}, an image is real with the probability {@code Z /
 * (Z + 1)}: Salimans et al. 2016, section 5.
 */
class GanStepTest {
  private static final ModelSpec SPEC =
      new ModelSpec(Architecture.DCGAN, 32, 32, 32, 1, 2, 4, List.of("a", "b", "c"));

  private static final int[] LABELS = {2, 0};
  private static final int UNLABELLED = 3;

  /** Of the term that a test is about. */
  private static final float WEIGHT = 0.3f;

  private static final float CONFIDENCE = 0.4f;

  /** High enough to tell the discriminator from what it was before its own update. */
  private static final float RATE = 0.01f;

  /** By which weights are moved to see a slope. */
  private static final double STEP = 3e-4;

  private static final float BETA1 = Adam.forGans().beta1();

  /** Logits are rounded, and so are totals, which are below 20. */
  private static final double TOLERANCE = 1e-5;

  /** Stands for one that is random. */
  private static final Module AUGMENTATION = (x, mode) -> Unary.linear(x, 0.7f, 0.2f);

  private final Backend device = Backends.open("reference");
  private final Scope scope = Scope.open(device);
  private final GanModel model = model(1);
  private final GanModel average = model(2);
  private final Adam generatorOptimizer = adam(model.generator());
  private final Adam discriminatorOptimizer = adam(model.discriminator());
  private final Tensor ramp = Tensor.full(device, DType.F32, Shape.of(), 1);
  private final RandomSource random = new RandomSource(device, 3);
  private final Batch labelled = batch(LABELS);
  private final Batch unlabelled = batch(new int[UNLABELLED]);
  private final Batch forTeacher = batch(new int[UNLABELLED]);
  private final Batch others = batch(new int[UNLABELLED]);

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  /** Real and generated images weigh a half each. */
  @Test
  void theDiscriminatorLearnsClassesAndWhatIsReal() {
    double expected = classesAndWhatIsReal();
    assertEquals(expected, discriminatorTotal(Map.of()), TOLERANCE);
  }

  @Test
  void aClassifierAloneLearnsClassesAndItsTermsOnUnlabelledImages() {
    double expected = crossEntropy() + WEIGHT * entropy();
    var alone = new GanModel(SPEC.withoutGenerator(), null, model.discriminator());
    List<Tensor> totals = take(alone, Map.of("entropy", WEIGHT), null).totals();
    assertEquals(1, totals.size());
    assertEquals(expected, totals.get(0).item(), TOLERANCE);
  }

  @Test
  void itIsToBeSureOfUnlabelledImages() {
    double expected = classesAndWhatIsReal() + WEIGHT * entropy();
    assertEquals(expected, discriminatorTotal(Map.of("entropy", WEIGHT)), TOLERANCE);
  }

  @Test
  void itIsToSeeAsManyOfEachClass() {
    double expected = classesAndWhatIsReal() + WEIGHT * imbalance();
    assertEquals(expected, discriminatorTotal(Map.of("balance", WEIGHT)), TOLERANCE);
  }

  /** {@link TermsTest} knows which change that is. */
  @Test
  void itIsNotToMindTheWorstChange() {
    double worst = worst(2);
    assertTrue(worst > 0.1, "it minds little: " + worst);
    double expected = classesAndWhatIsReal() + WEIGHT * worst;
    Map<String, Object> settings = Map.of("perturbation", WEIGHT, "perturbationSize", 2);
    assertEquals(expected, discriminatorTotal(settings), TOLERANCE);
  }

  /** Labelled images beside the unlabelled ones would move the statistics of a batch. */
  @Test
  void noChangeIsNoneToMind() {
    assertEquals(0, worst(1e-6f), TOLERANCE);
    double expected = classesAndWhatIsReal();
    Map<String, Object> settings = Map.of("perturbation", 1, "perturbationSize", 1e-6);
    assertEquals(expected, discriminatorTotal(settings), TOLERANCE);
  }

  private double worst(float size) {
    RandomSource draws = draws();
    draws.nextKey(); // of the latent vectors
    return new VirtualAdversarial(x -> model.discriminator().forward(x, Mode.TRAIN), size, draws)
        .of(AUGMENTATION.forward(tensor(unlabelled), Mode.TRAIN))
        .item();
  }

  /** Of images that are not quite those that the discriminator sees. */
  @Test
  void itIsToSayWhatItsAverageSays() {
    double expected = classesAndWhatIsReal() + WEIGHT * inconsistency(average);
    Map<String, Object> settings = Map.of("consistency", WEIGHT, "confidence", CONFIDENCE);
    assertEquals(expected, discriminatorTotal(settings), TOLERANCE);
  }

  @Test
  void whereItHasATeacherItIsToSayWhatThatSays(@TempDir Path folder) throws IOException {
    GanModel teacher = model(5);
    RunFolder run = RunFolder.openOrCreate(folder);
    JsonFile.write(run.config(), config(Map.of()));
    teacher.save(run.model());
    double expected = classesAndWhatIsReal() + WEIGHT * inconsistency(teacher);
    Map<String, Object> settings =
        Map.of("consistency", WEIGHT, "confidence", CONFIDENCE, "teacher", folder.toString());
    assertEquals(expected, discriminatorTotal(settings), TOLERANCE);
  }

  /** What is learnt of labelled and of generated images counts in full from the start. */
  @Test
  void termsOnUnlabelledImagesCountAsFarAsTheRampHasCome() {
    float come = 0.25f;
    ramp.assign(new float[] {come});
    double terms = termsOnUnlabelledImages();
    double expected = classesAndWhatIsReal() + come * terms;
    var outcome = take(model, settingsOfTerms(), null);
    assertEquals(expected, outcome.totals().get(0).item(), TOLERANCE);
    StepReport report = StepReport.of(outcome.measured().toFloats());
    assertEquals(come * terms, report.losses().regulariser(), TOLERANCE);
  }

  /** Goodfellow et al. 2014, section 3, under the discriminator as this step has made it. */
  @Test
  void theGeneratorsImagesAreToBeTakenForReal() {
    Tensor generated = generated();
    double found = generatorTotal(Map.of("generatorLoss", "adversarial"));
    assertEquals(foundOut(generated), found, TOLERANCE);
  }

  /** Salimans et al. 2016, section 3.1; the real features are those of before the update. */
  @Test
  void theirMeanFeaturesAreToBeThoseOfTheRealOnes() {
    Tensor generated = generated();
    double[] wanted = mean(realFeatures());
    double found = generatorTotal(Map.of("generatorLoss", "feature-matching"));
    assertEquals(distance(wanted, mean(features(generated))), found, TOLERANCE);
  }

  /** As in the code of Salimans et al. 2016. */
  @Test
  void freshFeaturesAreThoseOfOtherImagesAfterTheUpdate() {
    RandomSource draws = draws();
    draws.nextKey(); // of the latent vectors of the discriminator's step
    Tensor generated = generated(draws);
    Map<String, Object> settings =
        Map.of("generatorLoss", "feature-matching", "freshFeatures", true);
    double found = generatorTotal(settings);
    double[] wanted = mean(features(tensor(others)));
    assertEquals(distance(wanted, mean(features(generated))), found, TOLERANCE);
  }

  /** Zhao et al. 2017, section 2.4. */
  @Test
  void theyAreToBeUnlikeEachOther() {
    Tensor generated = generated();
    double found = generatorTotal(Map.of("generatorLoss", "adversarial", "pullAway", WEIGHT));
    double expected = foundOut(generated) + WEIGHT * likeness(features(generated));
    assertEquals(expected, found, TOLERANCE);
  }

  /** Of a density that has learnt nothing yet, for which every image is dense enough. */
  @Test
  void theyAreToLieWhereImagesAreRare() {
    Map<String, Object> settings = Map.of("generatorLoss", "adversarial", "density", 0.01);
    LowDensity density = new LowDensity(config(settings), SPEC, device);
    density.state().get("threshold").assign(new float[] {-2000});
    Tensor generated = generated();
    double dense = density.of(generated).item();
    assertTrue(dense > 100, "they are rare already: " + dense);
    double found = take(model, settings, density).totals().get(1).item();
    assertEquals(foundOut(generated) + 0.01 * dense, found, TOLERANCE);
  }

  /** The slope of a loss in the direction of its gradient is the gradient's length. */
  @Test
  void theOptimisersGetTheGradientsOfTheseTotals() {
    double[] wanted = mean(realFeatures());
    Tensor generated = generated();
    float[][] generator = values(model.generator());
    float[][] discriminator = values(model.discriminator());
    Map<String, Object> settings = new TreeMap<>(settingsOfTerms());
    settings.putAll(Map.of("generatorLoss", "both", "pullAway", WEIGHT));
    take(model, settings, null);
    assertSlope(
        model.generator(),
        generator,
        generatorOptimizer,
        () -> {
          double[][] features = features(generated());
          return foundOut(generated())
              + distance(wanted, mean(features))
              + WEIGHT * likeness(features);
        });
    assertSlope(
        model.discriminator(),
        discriminator,
        discriminatorOptimizer,
        () -> classesAndWhatIsReal(generated) + termsOnUnlabelledImages());
  }

  /** Adam's first moment after its first step is the gradient, but for a factor. */
  private static void assertSlope(
      Module module, float[][] weights, Adam optimizer, DoubleSupplier loss) {
    List<Tensor> parameters = List.copyOf(module.parameters().values());
    List<double[]> gradient =
        module.parameters().keySet().stream()
            .map(name -> optimizer.state().get("first." + name).toDoubles())
            .toList();
    double squares =
        gradient.stream().flatMapToDouble(Arrays::stream).map(value -> value * value).sum();
    double length = Math.sqrt(squares) / (1 - BETA1);
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      double share = (side == 0 ? -STEP : STEP) / Math.sqrt(squares);
      for (int i = 0; i < weights.length; i++) {
        float[] moved = weights[i].clone();
        for (int j = 0; j < moved.length; j++) {
          moved[j] += (float) (share * gradient.get(i)[j]);
        }
        parameters.get(i).assign(moved);
      }
      losses[side] = loss.getAsDouble();
    }
    assertTrue(length > 0.1, "a gradient of " + length);
    assertEquals(length, (losses[1] - losses[0]) / (2 * STEP), 1e-3 * length);
  }

  /** {@code -log p_label} of labelled images, given that they are real. */
  private double crossEntropy() {
    double[][] logits = rows(judgeReal().logits());
    double sum = 0;
    for (int i = 0; i < LABELS.length; i++) {
      sum -= Math.log(softmax(logits[i])[LABELS[i]]);
    }
    return sum / LABELS.length;
  }

  private double classesAndWhatIsReal() {
    return classesAndWhatIsReal(generated());
  }

  private double classesAndWhatIsReal(Tensor generated) {
    double real = mean(ofUnlabelled(), logits -> -Math.log(probabilityOfReal(logits)));
    double fake =
        mean(rows(judge(generated).logits()), logits -> -Math.log(1 - probabilityOfReal(logits)));
    return crossEntropy() + 0.5 * real + 0.5 * fake;
  }

  /** {@code -sum_k p_k log p_k}: Grandvalet and Bengio 2004. */
  private double entropy() {
    return mean(ofUnlabelled(), logits -> entropy(softmax(logits)));
  }

  /** {@code log K - H(m)} of the mean probabilities m: Springenberg 2016, section 3.1. */
  private double imbalance() {
    double[][] each =
        Arrays.stream(ofUnlabelled()).map(GanStepTest::softmax).toArray(double[][]::new);
    return Math.log(SPEC.classes().size()) - entropy(mean(each));
  }

  /** Cross-entropy with the square of what a teacher says, as far as it is sure. */
  private double inconsistency(GanModel teacher) {
    double[][] pupils = ofUnlabelled();
    double[][] teachers = rows(teacher.discriminator().forward(tensor(forTeacher), Mode.EVAL));
    double sum = 0;
    for (int i = 0; i < UNLABELLED; i++) {
      double[] said = softmax(teachers[i]);
      double[] found = softmax(pupils[i]);
      double surest = Arrays.stream(said).max().orElseThrow();
      double counts = Math.max(0, (surest - CONFIDENCE) / (1 - CONFIDENCE));
      double squares = Arrays.stream(said).map(p -> p * p).sum();
      for (int k = 0; k < said.length; k++) {
        sum -= counts * said[k] * said[k] / squares * Math.log(found[k]);
      }
    }
    return sum / UNLABELLED;
  }

  private double termsOnUnlabelledImages() {
    return WEIGHT * entropy() + 2 * WEIGHT * imbalance() + 3 * WEIGHT * inconsistency(average);
  }

  private static Map<String, Object> settingsOfTerms() {
    return Map.ofEntries(
        Map.entry("entropy", WEIGHT),
        Map.entry("balance", 2 * WEIGHT),
        Map.entry("consistency", 3 * WEIGHT),
        Map.entry("confidence", CONFIDENCE));
  }

  /** {@code -log p(real)} of generated images. */
  private double foundOut(Tensor generated) {
    return mean(rows(judge(generated).logits()), logits -> -Math.log(probabilityOfReal(logits)));
  }

  /** The mean square of their differences. */
  private static double distance(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i])).sum()
        / a.length;
  }

  /** The mean squared cosine between two different rows. */
  private static double likeness(double[][] features) {
    int n = features.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double product = dot(features[i], features[j]);
        double lengths = dot(features[i], features[i]) * dot(features[j], features[j]);
        sum += i == j ? 0 : product * product / lengths;
      }
    }
    return sum / (n * (n - 1));
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private static double probabilityOfReal(double[] logits) {
    double z = Arrays.stream(logits).map(Math::exp).sum();
    return z / (z + 1);
  }

  private static double[] softmax(double[] logits) {
    double z = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(l -> Math.exp(l) / z).toArray();
  }

  private static double entropy(double[] p) {
    return -Arrays.stream(p).map(each -> each * Math.log(each)).sum();
  }

  private static double mean(double[][] rows, ToDoubleFunction<double[]> loss) {
    return Arrays.stream(rows).mapToDouble(loss).average().orElseThrow();
  }

  /** Of each column. */
  private static double[] mean(double[][] rows) {
    return IntStream.range(0, rows[0].length)
        .mapToDouble(column -> mean(rows, row -> row[column]))
        .toArray();
  }

  private double discriminatorTotal(Map<String, ?> settings) {
    return take(model, settings, null).totals().get(0).item();
  }

  private double generatorTotal(Map<String, ?> settings) {
    return take(model, settings, null).totals().get(1).item();
  }

  private GanStep.Outcome take(GanModel trained, Map<String, ?> settings, LowDensity density) {
    var batches = new StepBatches(labelled, unlabelled, forTeacher, others);
    var inputs = new StepInputs(trained.spec(), batches, device);
    inputs.write(batches);
    TrainConfig config = config(settings);
    var step =
        new GanStep(
            trained,
            average,
            generatorOptimizer,
            discriminatorOptimizer,
            AUGMENTATION,
            draws(),
            config.objective(),
            density,
            Teachers.of(config, SPEC, device),
            ramp,
            DType.F32);
    return step.take(inputs);
  }

  private static TrainConfig config(Map<String, ?> settings) {
    Map<String, Object> all = new TreeMap<>(settings);
    all.put("steps", 1);
    return TrainConfig.of(all);
  }

  /** What a step draws. */
  private RandomSource draws() {
    return new RandomSource(device, 4);
  }

  /** The images that a step generates first. */
  private Tensor generated() {
    return generated(draws());
  }

  private Tensor generated(RandomSource draws) {
    Tensor latents = model.latents(draws, DType.F32, UNLABELLED);
    return model.generator().forward(latents, Mode.TRAIN).detach();
  }

  private Discriminator.Output judge(Tensor images) {
    return model.discriminator().judge(AUGMENTATION.forward(images, Mode.TRAIN), Mode.TRAIN);
  }

  /** Labelled and unlabelled images are one batch. */
  private Discriminator.Output judgeReal() {
    return judge(Concatenate.concatenate(0, List.of(tensor(labelled), tensor(unlabelled))));
  }

  private double[][] ofUnlabelled() {
    return withoutLabelled(judgeReal().logits());
  }

  private double[][] realFeatures() {
    return withoutLabelled(judgeReal().features());
  }

  private static double[][] withoutLabelled(Tensor real) {
    return Arrays.copyOfRange(rows(real), LABELS.length, LABELS.length + UNLABELLED);
  }

  private double[][] features(Tensor images) {
    return rows(judge(images).features());
  }

  private static double[][] rows(Tensor matrix) {
    double[] values = matrix.toDoubles();
    int columns = matrix.shape().size(1);
    return IntStream.range(0, matrix.shape().size(0))
        .mapToObj(row -> Arrays.copyOfRange(values, row * columns, (row + 1) * columns))
        .toArray(double[][]::new);
  }

  private Tensor tensor(double[][] rows) {
    double[] values = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return Tensor.of(device, Shape.of(rows.length, rows[0].length), values);
  }

  private Tensor tensor(Batch batch) {
    return Tensor.of(device, Shape.of(batch.labels().length, 32, 32, 1), batch.images());
  }

  private Batch batch(int[] labels) {
    Shape shape = Shape.of(labels.length, 32, 32, 1);
    return new Batch(random.normal(DType.F32, shape, 0, 1).toFloats(), labels, 0);
  }

  /** One that is sure of something, as fresh weights are not. */
  private GanModel model(long seed) {
    GanModel model = GanModel.create(SPEC, new RandomSource(device, seed));
    for (Map.Entry<String, Tensor> entry : model.state().entrySet()) {
      if (entry.getKey().endsWith("weight")) {
        float[] weights = entry.getValue().toFloats();
        for (int i = 0; i < weights.length; i++) {
          weights[i] *= 10;
        }
        entry.getValue().assign(weights);
      }
    }
    return model;
  }

  private Adam adam(Module module) {
    return new Adam(device, module.parameters(), Adam.forGans(), RATE);
  }

  private static float[][] values(Module module) {
    return module.parameters().values().stream().map(Tensor::toFloats).toArray(float[][]::new);
  }
}
