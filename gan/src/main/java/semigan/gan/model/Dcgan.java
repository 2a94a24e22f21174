package semigan.gan.model;

import static semigan.nn.Initialiser.normal;

import java.util.ArrayList;
import java.util.List;
import semigan.nn.BatchNorm;
import semigan.nn.Conv2d;
import semigan.nn.ConvTranspose2d;
import semigan.nn.Dense;
import semigan.nn.Initialiser;
import semigan.nn.Layer;
import semigan.nn.Module;
import semigan.nn.Sequential;
import semigan.tensor.RandomSource;
import semigan.tensor.ops.Window;

/**
 * The networks of Radford et al. 2016, <a
 * href="https://arxiv.org/abs/1511.06434">arXiv:1511.06434</a>; the discriminator has one output
 * for each class instead of one for "real".
 */
final class Dcgan {
  private static final Initialiser INITIAL = normal(0.02f);
  private static final Window STRIDE_2 = Window.of(2, 1);
  private static final float SLOPE = 0.2f;

  private Dcgan() {}

  /**
   * Project and reshape to 4x4, then transposed convolutions that double the size and halve the
   * channels, each with batch normalisation and ReLU; the last ends in tanh.
   */
  static Module generator(ModelSpec spec, RandomSource random) {
    int channels = spec.filters() << (spec.halvings() - 1);
    List<Module> modules = new ArrayList<>();
    modules.add(new Dense(spec.latent(), 4 * 4 * channels, false, INITIAL, random));
    modules.add(Layer.toImages(4, 4, channels));
    modules.add(BatchNorm.withRelu(channels, random.device()));
    for (; channels > spec.filters(); channels /= 2) {
      modules.add(new ConvTranspose2d(channels, channels / 2, 4, STRIDE_2, false, INITIAL, random));
      modules.add(BatchNorm.withRelu(channels / 2, random.device()));
    }
    modules.add(
        new ConvTranspose2d(channels, spec.channels(), 4, STRIDE_2, false, INITIAL, random));
    modules.add(Layer.tanh());
    return new Sequential(modules);
  }

  /**
   * Convolutions that halve the size and double the channels down to 4x4, with LeakyReLU and, but
   * for the first, batch normalisation; then a dense layer to the class logits.
   */
  static Discriminator discriminator(ModelSpec spec, RandomSource random) {
    List<Module> modules = new ArrayList<>();
    int channels = spec.filters();
    modules.add(new Conv2d(spec.channels(), channels, 4, STRIDE_2, false, INITIAL, random));
    modules.add(Layer.leakyRelu(SLOPE));
    for (int halving = 1; halving < spec.halvings(); halving++, channels *= 2) {
      modules.add(new Conv2d(channels, 2 * channels, 4, STRIDE_2, false, INITIAL, random));
      modules.add(BatchNorm.withLeakyRelu(2 * channels, SLOPE, random.device()));
    }
    modules.add(Layer.flatten());
    return new Discriminator(
        new Sequential(modules),
        new Dense(4 * 4 * channels, spec.classes().size(), true, INITIAL, random));
  }
}
