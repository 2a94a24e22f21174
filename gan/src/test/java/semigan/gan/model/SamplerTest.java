package semigan.gan.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;

class SamplerTest {
  private static final long SEED = 1;
  private static final int LATENT = 100;

  /** Else each of them would drive one unit of the first layer, and hardly any other. */
  @Test
  void latentVectorsAreNotTheWeightsOfAModelOfTheSameSeed() {
    ModelSpec spec = new ModelSpec(Architecture.DCGAN, 32, 32, 32, 1, 1, LATENT, List.of("a", "b"));
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      GanModel model = GanModel.create(spec, new RandomSource(scope.device(), SEED));
      float[] latents =
          new Sampler(model, scope.device(), SEED).latents(new long[] {0}, 0).toFloats();
      float[] weights = model.generator().parameters().get("0.weight").toFloats();
      double product = 0;
      double ofLatents = 0;
      double ofWeights = 0;
      for (int i = 0; i < LATENT; i++) {
        product += latents[i] * weights[i];
        ofLatents += latents[i] * latents[i];
        ofWeights += weights[i] * weights[i];
      }
      assertEquals(0, product / Math.sqrt(ofLatents * ofWeights), 0.5);
    }
  }
}
