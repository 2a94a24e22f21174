package semigan.gan.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.nn.StateFile;
import semigan.nn.safetensors.SafetensorsFile;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * A generator and its discriminator, as they are trained together and kept in one file.
 *
 * @param spec what they are
 * @param generator from latent vectors {@code [batch, latent]} to images {@code [batch, canvas,
 *     canvas, channels]} in [-1, 1]; without parameters where the spec has none
 * @param discriminator from images to class logits
 */
public record GanModel(ModelSpec spec, Module generator, Discriminator discriminator) {
  /** Key of the {@link ModelSpec}, as JSON, in a model file's metadata. */
  private static final String SPEC_KEY = "semigan.model";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  /** A model with fresh weights, which belong to the innermost scope. */
  public static GanModel create(ModelSpec spec, RandomSource random) {
    Architecture architecture = spec.architecture();
    return new GanModel(
        spec,
        spec.generates() ? architecture.generator(spec, random) : GanModel::drawNothing,
        architecture.discriminator(spec, random));
  }

  private static Tensor drawNothing(Tensor z, Mode mode) {
    throw new IllegalArgumentException(
        "this model is a classifier alone: it was trained without a generator (latent is 0)");
  }

  /**
   * Latent vectors as the generator takes them.
   *
   * @return {@code [count, latent]}
   */
  public Tensor latents(RandomSource random, DType type, int count) {
    Shape shape = Shape.of(count, spec.latent());
    return spec.architecture().uniformLatents()
        ? random.uniform(type, shape, 0, 1)
        : random.normal(type, shape, 0, 1);
  }

  /**
   * A model from its file; its weights belong to the innermost scope.
   *
   * @throws IOException if the file is no model of ours, damaged, or cannot be read
   */
  public static GanModel load(Path file, Backend device) throws IOException {
    ModelSpec spec = readSpec(file);
    GanModel model = create(spec, new RandomSource(device, 0));
    StateFile.load(file, model.state());
    return model;
  }

  /**
   * What a file's model is.
   *
   * @throws IOException as {@link #load}
   */
  public static ModelSpec readSpec(Path file) throws IOException {
    String json;
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      json = opened.metadata().get(SPEC_KEY);
    }
    if (json == null) {
      throw new IOException(
          "%s: is no semigan model: its metadata has no '%s'".formatted(file, SPEC_KEY));
    }
    try {
      return JSON.readValue(json, ModelSpec.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s: describes no model that this version knows: %s"
              .formatted(
                  file,
                  e.getCause() instanceof IllegalArgumentException cause
                      ? cause.getMessage()
                      : e.getOriginalMessage()),
          e);
    }
  }

  /** Writes the model, atomically. */
  public void save(Path file) throws IOException {
    StateFile.save(file, state(), metadata());
  }

  /** What a file of this model says of it. */
  public Map<String, String> metadata() {
    try {
      return Map.of(SPEC_KEY, JSON.writeValueAsString(spec));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every tensor of both networks by name. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    generator.state().forEach((name, tensor) -> state.put("generator." + name, tensor));
    discriminator.state().forEach((name, tensor) -> state.put("discriminator." + name, tensor));
    return state;
  }
}
