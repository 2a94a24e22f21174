package semigan.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

class MlpStepTest {
  /** Images and labels stay the same, so that the discriminator can learn them by heart. */
  @Test
  void theDiscriminatorLearns() {
    try (Backend device = Backends.open("cpu");
        Scope scope = Scope.open(device);
        MlpStep step = new MlpStep(scope.device(), 20)) {
      step.run();
      float before = step.loss();
      for (int i = 0; i < 60; i++) {
        step.run();
      }
      float after = step.loss();
      assertTrue(after < before / 2, "the loss went from %f to %f".formatted(before, after));
    }
  }
}
