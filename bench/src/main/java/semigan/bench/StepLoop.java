package semigan.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import semigan.kernels.Backend;
import semigan.tensor.Scope;

/**
 * Training steps of a DCGAN, or images drawn from it, a timed window for each line read: our side
 * of {@code bench/peers.sh} and {@code bench/gpu.sh}.
 */
@Command(name = "StepLoop", mixinStandardHelpOptions = true)
public final class StepLoop implements Callable<Integer> {
  @Mixin private Workload workload;
  @Mixin private DeviceChoice device;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StepLoop()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    try (Backend backend = device.open(workload);
        Scope scope = Scope.open(backend);
        DcganStep step = DcganStep.of(workload, scope.device())) {
      Runnable work =
          switch (workload.task()) {
            case "train-step" -> step::run;
            case "generate" -> step::generate;
            default -> throw new IllegalArgumentException("no task " + workload.task());
          };
      WindowLoop.serve("ours", workload, work, backend::synchronize, System.in, System.out);
    }
    return 0;
  }
}
