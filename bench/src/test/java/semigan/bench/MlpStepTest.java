package semigan.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

class MlpStepTest {
  private static final int STEPS = 120;
  private static final int LAST = 40;

  /**
   * Images and labels stay the same, so that the discriminator can learn them by heart. At the
   * preset's rate its loss leaps up now and then, hence the mean over many steps.
   */
  @Test
  void theDiscriminatorLearns() {
    try (Backend device = Backends.open("cpu");
        Scope scope = Scope.open(device);
        MlpStep step = new MlpStep(scope.device(), 20)) {
      step.run();
      float before = step.loss();
      float sum = 0;
      for (int i = 0; i < STEPS; i++) {
        step.run();
        sum += i < STEPS - LAST ? 0 : step.loss();
      }
      float after = sum / LAST;
      assertTrue(after < before / 2, "the loss went from %f to %f".formatted(before, after));
    }
  }
}
