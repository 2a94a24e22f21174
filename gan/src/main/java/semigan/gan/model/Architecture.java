package semigan.gan.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import semigan.nn.Module;
import semigan.tensor.RandomSource;

/** The kinds of networks that there are. */
public enum Architecture {
  /** Convolutional, on a canvas of 32x32 or 64x64; normal latent vectors. See {@link Dcgan}. */
  DCGAN(true, Dcgan::generator, Dcgan::discriminator),

  /**
   * As {@link #DCGAN}, with a discriminator that is made to classify. See {@link ConvClassifier}.
   */
  CONV(true, Dcgan::generator, ConvClassifier::discriminator),

  /**
   * Fully connected, on the images as they are; uniform latent vectors. See {@link Mlp}; {@link
   * ModelSpec#filters} is not looked at.
   */
  MLP(false, Mlp::generator, Mlp::discriminator);

  private final boolean convolutional;
  private final BiFunction<ModelSpec, RandomSource, Module> generator;
  private final BiFunction<ModelSpec, RandomSource, Discriminator> discriminator;

  Architecture(
      boolean convolutional,
      BiFunction<ModelSpec, RandomSource, Module> generator,
      BiFunction<ModelSpec, RandomSource, Discriminator> discriminator) {
    this.convolutional = convolutional;
    this.generator = generator;
    this.discriminator = discriminator;
  }

  /** The canvas that suits images of this size. */
  public int canvas(int height, int width) {
    int larger = Math.max(height, width);
    return convolutional ? (larger <= 32 ? 32 : 64) : larger;
  }

  /**
   * @throws IllegalArgumentException if the networks cannot be built for a canvas of this height
   *     and width
   */
  void requireCanvas(int size) {
    if (convolutional ? size != 32 && size != 64 : size < 1 || size > 64) {
      throw new IllegalArgumentException(
          "size must be %s but is %d".formatted(convolutional ? "32 or 64" : "1 to 64", size));
    }
  }

  Module generator(ModelSpec spec, RandomSource random) {
    return generator.apply(spec, random);
  }

  Discriminator discriminator(ModelSpec spec, RandomSource random) {
    return discriminator.apply(spec, random);
  }

  /** Whether latent vectors are uniform in [0, 1] instead of normal. */
  boolean uniformLatents() {
    return this == MLP;
  }

  /** Whether some weights are set from images before training; see {@link Module#initialise}. */
  public boolean startsFromImages() {
    return this == MLP;
  }

  /**
   * The one of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  public static Architecture named(String name) {
    return Arrays.stream(values())
        .filter(architecture -> architecture.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown model '%s'; there are %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(Architecture::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** As options, {@code config.json} and model files call it, such as {@code dcgan}. */
  @Override
  @JsonValue
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
