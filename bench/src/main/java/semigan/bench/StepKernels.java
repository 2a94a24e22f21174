package semigan.bench;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import semigan.kernels.Backend;
import semigan.kernels.ProfiledBackend;
import semigan.tensor.Scope;

/**
 * Every kernel of a DCGAN's training step, timed at the step's own sizes: one line of JSON each,
 * the longest first. A call is made several times over before the device is waited for, so that the
 * time is the kernel's and not that of the way to the device and back.
 */
@Command(name = "StepKernels", mixinStandardHelpOptions = true)
public final class StepKernels implements Callable<Integer> {
  @Mixin private Workload workload;
  @Mixin private DeviceChoice device;

  @Option(names = "--repetitions", defaultValue = "20", description = "calls between two waits")
  private int repetitions;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StepKernels()).execute(arguments));
  }

  @Override
  public Integer call() {
    try (Backend backend = device.open(workload);
        ProfiledBackend profiled = new ProfiledBackend(backend, repetitions);
        Scope scope = Scope.open(profiled);
        DcganStep step = DcganStep.of(workload, scope.device())) {
      for (int i = 0; i < workload.warmUp(); i++) {
        step.run();
      }
      profiled.restart();
      for (int i = 0; i < workload.steps(); i++) {
        step.run();
      }
      profiled.rows().forEach(this::print);
    }
    return 0;
  }

  private void print(ProfiledBackend.Row row) {
    System.out.printf(
        Locale.ROOT,
        "{\"kernel\":\"%s\",\"mode\":\"%s\",\"batch\":%d,\"calls_a_step\":%d,\"us\":%.2f,"
            + "\"bytes\":%d,\"operations\":%d,\"gb_per_s\":%.2f,\"tflop_per_s\":%.4f}%n",
        row.kernel(),
        workload.mode(),
        workload.batch(),
        row.calls() / workload.steps(),
        row.nanos() / 1e3 / row.calls(),
        row.bytes() / row.calls(),
        row.operations() / row.calls(),
        (double) row.bytes() / row.nanos(),
        row.operations() / 1e3 / row.nanos());
  }
}
