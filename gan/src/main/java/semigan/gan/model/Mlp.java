package semigan.gan.model;

import static semigan.nn.Initialiser.glorot;
import static semigan.nn.Initialiser.normal;

import java.util.ArrayList;
import java.util.List;
import semigan.nn.BatchNorm;
import semigan.nn.Dense;
import semigan.nn.Initialiser;
import semigan.nn.Layer;
import semigan.nn.Module;
import semigan.nn.Sequential;
import semigan.nn.WeightNorm;
import semigan.tensor.RandomSource;
import semigan.tensor.ops.Unary;

/**
 * The fully connected networks with which Salimans et al. 2016, <a
 * href="https://arxiv.org/abs/1606.03498">arXiv:1606.03498</a>, learn MNIST: they know nothing of
 * which pixels are neighbours.
 */
final class Mlp {
  private static final Initialiser INITIAL = normal(0.1f);
  private static final Initialiser GENERATOR_INITIAL = glorot();
  private static final int[] HIDDEN = {1000, 500, 250, 250, 250};
  private static final float NOISE_ON_IMAGES = 0.3f; // of pixels in [0, 1]
  private static final float NOISE_ON_HIDDEN = 0.5f;

  private Mlp() {}

  /** Two hidden layers with batch normalisation and softplus, and a sigmoid at the end. */
  static Module generator(ModelSpec spec, RandomSource random) {
    int pixels = pixels(spec);
    return new Sequential(
        new Dense(spec.latent(), 500, false, GENERATOR_INITIAL, random),
        new BatchNorm(500, false, random.device()),
        Layer.softplus(),
        new Dense(500, 500, false, GENERATOR_INITIAL, random),
        new BatchNorm(500, false, random.device()),
        Layer.softplus(),
        new WeightNorm(new Dense(500, pixels, true, GENERATOR_INITIAL, random), true, 1),
        Layer.sigmoid(),
        (x, mode) -> Unary.linear(x, 2, -1),
        Layer.toImages(spec.canvas(), spec.canvas(), spec.channels()));
  }

  /** Five hidden layers of ReLU with normalised weights, and noise in front of each. */
  static Discriminator discriminator(ModelSpec spec, RandomSource random) {
    List<Module> layers = new ArrayList<>();
    layers.add(Layer.flatten());
    layers.add((x, mode) -> Unary.linear(x, 0.5f, 0.5f));
    int inputs = pixels(spec);
    float noise = NOISE_ON_IMAGES;
    for (int outputs : HIDDEN) {
      layers.add(Layer.noise(noise, random));
      layers.add(new WeightNorm(Dense.withRelu(inputs, outputs, INITIAL, random), false, 1));
      inputs = outputs;
      noise = NOISE_ON_HIDDEN;
    }
    int classes = spec.classes().size();
    return new Discriminator(
        new Sequential(layers),
        new Sequential(Layer.noise(noise, random), normalised(inputs, classes, random)));
  }

  private static Module normalised(int inputs, int outputs, RandomSource random) {
    return new WeightNorm(new Dense(inputs, outputs, true, INITIAL, random), true, 1);
  }

  private static int pixels(ModelSpec spec) {
    return spec.canvas() * spec.canvas() * spec.channels();
  }
}
