package semigan.gan.model;

import static semigan.nn.Initialiser.normal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.nn.BatchNorm;
import semigan.nn.Conv2d;
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
 * The discriminator of Radford et al. 2016, <a
 * href="https://arxiv.org/abs/1511.06434">arXiv:1511.06434</a>, with one output for each class
 * instead of one for "real": convolutions that halve the size and double the channels down to 4x4,
 * with LeakyReLU and, but for the first, batch normalisation; then a dense layer to the class
 * logits. Together they say how real an image is, as {@link semigan.nn.Losses#realLogit} tells.
 */
public final class DcganDiscriminator implements Module {
  private static final Initialiser INITIAL = normal(0.02f);
  private static final Window HALVING = Window.of(2, 1);
  private static final float SLOPE = 0.2f;

  /**
   * What the discriminator makes of a batch.
   *
   * @param features {@code [batch, 4 * 4 * channels]}: the last hidden layer
   * @param logits {@code [batch, classes]}
   */
  public record Output(Tensor features, Tensor logits) {}

  private final Sequential features;
  private final Dense classifier;

  public DcganDiscriminator(ModelSpec spec, RandomSource random) {
    List<Module> modules = new ArrayList<>();
    int channels = spec.filters();
    modules.add(new Conv2d(spec.channels(), channels, 4, HALVING, false, INITIAL, random));
    modules.add(Layer.leakyRelu(SLOPE));
    for (int halving = 1; halving < spec.halvings(); halving++, channels *= 2) {
      modules.add(new Conv2d(channels, 2 * channels, 4, HALVING, false, INITIAL, random));
      modules.add(BatchNorm.withLeakyRelu(2 * channels, SLOPE, random.device()));
    }
    modules.add(Layer.flatten());
    features = new Sequential(modules);
    classifier = new Dense(4 * 4 * channels, spec.classes().size(), true, INITIAL, random);
  }

  /**
   * @param x {@code [batch, canvas, canvas, channels]} in [-1, 1]
   */
  public Output judge(Tensor x, Mode mode) {
    Tensor last = features.forward(x, mode);
    return new Output(last, classifier.forward(last, mode));
  }

  /**
   * The class logits alone.
   *
   * @param x {@code [batch, canvas, canvas, channels]} in [-1, 1]
   * @return {@code [batch, classes]}
   */
  @Override
  public Tensor forward(Tensor x, Mode mode) {
    return judge(x, mode).logits();
  }

  @Override
  public Map<String, Tensor> parameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    features.parameters().forEach((name, tensor) -> all.put("features." + name, tensor));
    classifier.parameters().forEach((name, tensor) -> all.put("classifier." + name, tensor));
    return all;
  }

  @Override
  public Map<String, Tensor> statistics() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    features.statistics().forEach((name, tensor) -> all.put("features." + name, tensor));
    return all;
  }
}
