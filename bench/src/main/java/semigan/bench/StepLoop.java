package semigan.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import semigan.gan.train.Precision;
import semigan.kernels.Backend;
import semigan.tensor.Scope;

/**
 * Training steps of a DCGAN or of fully connected layers, or images drawn, a timed window for each
 * line read: our side of {@code bench/peers.sh} and {@code bench/gpu.sh}.
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
        Scope scope = Scope.open(backend)) {
      if (workload.task().equals("mlp-step")) {
        try (MlpStep step = mlpStep(scope.device())) {
          serve(backend, step::run);
        }
        return 0;
      }
      try (DcganStep step = DcganStep.of(workload, scope.device())) {
        switch (workload.task()) {
          case "train-step" -> serve(backend, step::run);
          case "generate" -> serve(backend, step::generate);
          default ->
              throw new IllegalArgumentException(
                  "no task '%s'; there are train-step, generate and mlp-step"
                      .formatted(workload.task()));
        }
      }
    }
    return 0;
  }

  private MlpStep mlpStep(Backend device) {
    if (DeviceChoice.precision(workload) != Precision.F32) {
      throw new IllegalArgumentException("mlp-step: has no mode but f32 and tf32");
    }
    return new MlpStep(device, workload.batch());
  }

  private void serve(Backend backend, Runnable work) throws IOException {
    WindowLoop.serve("ours", workload, work, backend::synchronize, System.in, System.out);
  }
}
