package semigan.gan.train;

import static org.junit.jupiter.api.Assumptions.abort;
import static semigan.gan.train.Devices.open;
import static semigan.gan.train.Traces.assertClose;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.data.ImageDataset;
import semigan.gan.data.Subset;
import semigan.gan.model.Architecture;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.tensor.Scope;
import semigan.tensor.Tensor;

/** Every preset's steps, in a run as the program begins it, but for its size. */
class PresetStepsTest {
  private static final int STEPS = 3;

  /** Rates of 0.003 and layers of a thousand numbers multiply a rounding error. */
  private static final float TOLERANCE = 1e-4f;

  /** BF16 rounds each activation by up to 2^-9 of it. */
  private static final float BF16_TOLERANCE = 2e-2f;

  private static final String TRUTH = "reference";

  /** Nats; what is drawn at first is rare, but not that rare. */
  private static final float LOWERED = 100;

  private static final DataSplit GLYPHS = DataSets.open("glyphs", DataOptions.defaults());

  /** On the reference, by preset. */
  private static final Map<String, List<StepLosses>> EXPECTED = new HashMap<>();

  static Stream<Arguments> presetsOnDevices() {
    return Backends.names().stream()
        .flatMap(name -> Preset.all().stream().map(preset -> Arguments.of(preset.name(), name)));
  }

  static Stream<Arguments> presetsOnOtherDevices() {
    return presetsOnDevices().filter(arguments -> !arguments.get()[1].equals(TRUTH));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("presetsOnOtherDevices")
  void everyPresetLearnsTheSameOnEveryDevice(String preset, String name) {
    List<StepLosses> found = losses(open(name), preset, Precision.F32, STEPS);
    assertClose(preset + " on " + name, expected(preset), found, TOLERANCE);
  }

  /** In its first step: further on, the rates multiply what is rounded. */
  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("presetsOnDevices")
  void everyPresetBeginsInBf16AsInF32(String preset, String name) {
    Backend device = open(name);
    if (!device.supports(DType.BF16)) {
      device.close();
      abort(name + " has no BF16 here");
    }
    List<StepLosses> found = losses(device, preset, Precision.BF16, 1);
    assertClose(preset + " on " + name, expected(preset).subList(0, 1), found, BF16_TOLERANCE);
  }

  private static List<StepLosses> expected(String preset) {
    return EXPECTED.computeIfAbsent(
        preset, name -> losses(open(TRUTH), name, Precision.F32, STEPS));
  }

  /** Closes the device. */
  private static List<StepLosses> losses(
      Backend device, String preset, Precision precision, int steps) {
    ObjectNode settings = Preset.named(preset).settings();
    settings.remove("epochs");
    settings.put("precision", precision.toString());
    settings.put("steps", steps).put("batch", 6).put("labelledBatch", 4).put("filters", 4);
    String architecture = settings.path("architecture").asText("dcgan");
    settings.put("size", Architecture.named(architecture).canvas(28, 28));
    TrainConfig config = TrainConfig.of(settings);
    RunData data = RunData.of(config, GLYPHS);
    ImageDataset train = data.train();
    List<StepLosses> losses = new ArrayList<>();
    try (device;
        Scope scope = Scope.open(device);
        StepLoaders loaders = new StepLoaders(config, train, data.labelled(), 0);
        GanTrainer trainer = new GanTrainer(config, data.spec(), scope.device())) {
      float[] first = new float[20 * train.imageLength()];
      for (int i = 0; i < 20; i++) {
        train.read(i, first, i * train.imageLength());
      }
      trainer.initialise(first);
      trainer.lowDensity().ifPresent(term -> learn(term, train));
      for (int step = 1; step <= steps; step++) {
        losses.add(trainer.step(step, loaders.next()).losses());
      }
    }
    return losses;
  }

  /** From few images, since the reference is slow; then takes what is drawn for dense, too. */
  private static void learn(LowDensity term, ImageDataset train) {
    term.learn(Subset.sample(train, 100, 1), 2, () -> false, message -> {});
    Tensor threshold = term.state().get("threshold");
    threshold.assign(new float[] {threshold.item() - LOWERED});
  }
}
