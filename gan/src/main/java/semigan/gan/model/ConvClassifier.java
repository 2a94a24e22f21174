package semigan.gan.model;

import static semigan.nn.Initialiser.normal;

import java.util.ArrayList;
import java.util.List;
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
 * A discriminator that is a classifier first: between the convolutions that halve the size it looks
 * again at what it has, and its last layer sums over all places (Lin et al. 2014, <a
 * href="https://arxiv.org/abs/1312.4400">arXiv:1312.4400</a>), so that where a thing lies says
 * nothing of what it is.
 */
final class ConvClassifier {
  private static final Initialiser INITIAL = normal(0.02f);
  private static final Window STRIDE_2 = Window.of(2, 1);
  private static final Window SAME = Window.of(1, 1);
  private static final float SLOPE = 0.1f;

  private ConvClassifier() {}

  /**
   * 4x4 convolutions that halve the size and double the channels down to 4x4, with a 3x3 one in
   * front of each but the first, all with batch normalisation and LeakyReLU; then the mean over all
   * places and a dense layer to the class logits.
   */
  static Discriminator discriminator(ModelSpec spec, RandomSource random) {
    List<Module> modules = new ArrayList<>();
    int channels = spec.filters();
    modules.add(new Conv2d(spec.channels(), channels, 4, STRIDE_2, false, INITIAL, random));
    modules.add(BatchNorm.withLeakyRelu(channels, SLOPE, random.device()));
    for (int halving = 1; halving < spec.halvings(); halving++, channels *= 2) {
      modules.add(new Conv2d(channels, channels, 3, SAME, false, INITIAL, random));
      modules.add(BatchNorm.withLeakyRelu(channels, SLOPE, random.device()));
      modules.add(new Conv2d(channels, 2 * channels, 4, STRIDE_2, false, INITIAL, random));
      modules.add(BatchNorm.withLeakyRelu(2 * channels, SLOPE, random.device()));
    }
    modules.add(Layer.globalAverage());
    return new Discriminator(
        new Sequential(modules), new Dense(channels, spec.classes().size(), true, INITIAL, random));
  }
}
