package semigan.gan.evaluate;

import static semigan.nn.Initialiser.he;

import java.util.ArrayList;
import java.util.List;
import semigan.gan.model.Discriminator;
import semigan.nn.BatchNorm;
import semigan.nn.Conv2d;
import semigan.nn.Dense;
import semigan.nn.Initialiser;
import semigan.nn.Layer;
import semigan.nn.Module;
import semigan.nn.Sequential;
import semigan.tensor.RandomSource;
import semigan.tensor.ops.Window;

/**
 * A small convolutional classifier: 4x4 convolutions that halve the image until its shorter side is
 * at most 8, one of 3x3, a dense layer to the features, and another to the class logits. The
 * features are batch-normalised, so that each has a variance near 1 on the images it was trained
 * on, and none outweighs the others in a distance.
 */
final class FeatureNetwork {
  /** Few enough that a covariance needs only some hundred images. */
  static final int FEATURES = 64;

  private static final int LARGEST = 8;
  private static final int FIRST_CHANNELS = 32;
  private static final int CHANNELS = 64;
  private static final float SLOPE = 0.1f;
  private static final Initialiser INITIAL = he(SLOPE);
  private static final Window HALVING = Window.of(2, 1);
  private static final Window SAME = Window.of(1, 1);

  private FeatureNetwork() {}

  static Discriminator create(FeatureSpec spec, RandomSource random) {
    List<Module> modules = new ArrayList<>();
    int height = spec.height() / 2;
    int width = spec.width() / 2;
    int channels = FIRST_CHANNELS;
    modules.add(new Conv2d(spec.channels(), channels, 4, HALVING, false, INITIAL, random));
    modules.add(BatchNorm.withLeakyRelu(channels, SLOPE, random.device()));
    for (; Math.min(height, width) > LARGEST; height /= 2, width /= 2, channels = CHANNELS) {
      modules.add(new Conv2d(channels, CHANNELS, 4, HALVING, false, INITIAL, random));
      modules.add(BatchNorm.withLeakyRelu(CHANNELS, SLOPE, random.device()));
    }
    modules.add(new Conv2d(channels, CHANNELS, 3, SAME, false, INITIAL, random));
    modules.add(BatchNorm.withLeakyRelu(CHANNELS, SLOPE, random.device()));
    modules.add(Layer.flatten());
    modules.add(new Dense(height * width * CHANNELS, FEATURES, false, INITIAL, random));
    modules.add(BatchNorm.withLeakyRelu(FEATURES, SLOPE, random.device()));
    return new Discriminator(
        new Sequential(modules), new Dense(FEATURES, spec.classes().size(), true, INITIAL, random));
  }
}
