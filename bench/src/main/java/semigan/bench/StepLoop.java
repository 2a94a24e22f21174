package semigan.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

/**
 * Training steps of a DCGAN, or images drawn from it, a timed window for each line read: our side
 * of {@code bench/peers.sh}.
 */
@Command(name = "StepLoop", mixinStandardHelpOptions = true)
public final class StepLoop implements Callable<Integer> {
  @Mixin private Workload workload;

  @Option(names = "--device", defaultValue = Backends.AUTO)
  private String device;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StepLoop()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (!workload.mode().equals("f32")) {
      throw new IllegalArgumentException("no " + workload.mode() + " yet, only f32");
    }
    try (Backend backend = Backends.open(device);
        Scope scope = Scope.open(backend)) {
      DcganStep step =
          new DcganStep(
              scope.device(),
              workload.batch(),
              workload.size(),
              workload.channels(),
              workload.width());
      Runnable work =
          switch (workload.task()) {
            case "train-step" -> step::run;
            case "generate" -> step::generate;
            default -> throw new IllegalArgumentException("no task " + workload.task());
          };
      WindowLoop.serve("ours", workload, work, System.in, System.out);
    }
    return 0;
  }
}
