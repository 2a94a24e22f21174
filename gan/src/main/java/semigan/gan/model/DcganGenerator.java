package semigan.gan.model;

import static semigan.nn.Initialiser.normal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import semigan.nn.BatchNorm;
import semigan.nn.ConvTranspose2d;
import semigan.nn.Dense;
import semigan.nn.Initialiser;
import semigan.nn.Layer;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.nn.Sequential;
import semigan.tensor.RandomSource;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Window;

/**
 * The generator of Radford et al. 2016, <a
 * href="https://arxiv.org/abs/1511.06434">arXiv:1511.06434</a>: project and reshape to 4x4, then
 * transposed convolutions that double the size and halve the channels, each with batch
 * normalisation and ReLU; the last ends in tanh.
 */
public final class DcganGenerator implements Module {
  private static final Initialiser INITIAL = normal(0.02f);
  private static final Window DOUBLING = Window.of(2, 1);

  private final Sequential layers;

  public DcganGenerator(ModelSpec spec, RandomSource random) {
    int channels = spec.filters() << (spec.halvings() - 1);
    List<Module> modules = new ArrayList<>();
    modules.add(new Dense(spec.latent(), 4 * 4 * channels, false, INITIAL, random));
    modules.add(Layer.toImages(4, 4, channels));
    modules.add(BatchNorm.withRelu(channels, random.device()));
    for (; channels > spec.filters(); channels /= 2) {
      modules.add(new ConvTranspose2d(channels, channels / 2, 4, DOUBLING, false, INITIAL, random));
      modules.add(BatchNorm.withRelu(channels / 2, random.device()));
    }
    modules.add(
        new ConvTranspose2d(channels, spec.channels(), 4, DOUBLING, false, INITIAL, random));
    modules.add(Layer.tanh());
    layers = new Sequential(modules);
  }

  /**
   * @param z {@code [batch, latent]}, normal
   * @return {@code [batch, canvas, canvas, channels]} in [-1, 1]
   */
  @Override
  public Tensor forward(Tensor z, Mode mode) {
    return layers.forward(z, mode);
  }

  @Override
  public Map<String, Tensor> parameters() {
    return layers.parameters();
  }

  @Override
  public Map<String, Tensor> statistics() {
    return layers.statistics();
  }
}
