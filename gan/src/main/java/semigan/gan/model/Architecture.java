package semigan.gan.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import semigan.nn.Module;
import semigan.tensor.RandomSource;

/** The kinds of networks that there are. */
public enum Architecture {
  /** Convolutional, on a canvas of 32x32 or 64x64; normal latent vectors. See {@link Dcgan}. */
  DCGAN {
    @Override
    public int canvas(int height, int width) {
      return Math.max(height, width) <= 32 ? 32 : 64;
    }

    @Override
    boolean takes(int canvas) {
      return List.of(32, 64).contains(canvas);
    }

    @Override
    Module generator(ModelSpec spec, RandomSource random) {
      return Dcgan.generator(spec, random);
    }

    @Override
    Discriminator discriminator(ModelSpec spec, RandomSource random) {
      return Dcgan.discriminator(spec, random);
    }
  },

  /**
   * As {@link #DCGAN}, with a discriminator that is made to classify. See {@link ConvClassifier}.
   */
  CONV {
    @Override
    public int canvas(int height, int width) {
      return DCGAN.canvas(height, width);
    }

    @Override
    boolean takes(int canvas) {
      return DCGAN.takes(canvas);
    }

    @Override
    Module generator(ModelSpec spec, RandomSource random) {
      return Dcgan.generator(spec, random);
    }

    @Override
    Discriminator discriminator(ModelSpec spec, RandomSource random) {
      return ConvClassifier.discriminator(spec, random);
    }
  },

  /**
   * Fully connected, on the images as they are; uniform latent vectors. See {@link Mlp}; {@link
   * ModelSpec#filters} is not looked at.
   */
  MLP {
    @Override
    public int canvas(int height, int width) {
      return Math.max(height, width);
    }

    @Override
    boolean takes(int canvas) {
      return canvas <= 64;
    }

    @Override
    Module generator(ModelSpec spec, RandomSource random) {
      return Mlp.generator(spec, random);
    }

    @Override
    Discriminator discriminator(ModelSpec spec, RandomSource random) {
      return Mlp.discriminator(spec, random);
    }
  };

  /** The canvas that suits images of this size. */
  public abstract int canvas(int height, int width);

  /** Whether the networks can be built for a canvas of this height and width. */
  abstract boolean takes(int canvas);

  abstract Module generator(ModelSpec spec, RandomSource random);

  abstract Discriminator discriminator(ModelSpec spec, RandomSource random);

  /** Whether latent vectors are uniform in [0, 1] instead of normal. */
  boolean uniformLatents() {
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
