package semigan.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import semigan.kernels.Backends;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ProfiledBackend;
import semigan.tensor.Scope;

class DcganConvolutionsTest {
  /** However a step is divided into calls, its gradients need these operations. */
  @Test
  void aStepDoesTheOperationsThatAreCounted() {
    Workload workload = new Workload();
    new CommandLine(new Holder(workload)).parseArgs("--batch=2", "--width=4", "--channels=3");
    long counted =
        DcganConvolutions.of(workload).entrySet().stream()
            .mapToLong(entry -> entry.getValue() * operations(entry.getKey().geometry()))
            .sum();

    try (ProfiledBackend device = new ProfiledBackend(Backends.open("reference"));
        Scope scope = Scope.open(device);
        DcganStep step = DcganStep.of(workload, scope.device())) {
      step.run();
      long done =
          device.rows().stream()
              .filter(row -> row.kernel().startsWith("conv "))
              .mapToLong(ProfiledBackend.Row::operations)
              .sum();
      assertEquals(done, counted);
    }
  }

  private static long operations(Conv2dGeometry g) {
    return 2 * g.outputLength() * g.window();
  }

  @CommandLine.Command
  private record Holder(@CommandLine.Mixin Workload workload) {}
}
