package semigan.bench.peers;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.global.torch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import semigan.bench.WindowLoop;
import semigan.bench.Workload;

/** libtorch's side of {@code bench/peers.sh}: timed windows on demand. */
@Command(name = "LibtorchLoop", mixinStandardHelpOptions = true)
public final class LibtorchLoop implements Callable<Integer> {
  @Mixin private Workload workload;

  public static void main(String[] args) {
    System.exit(new CommandLine(new LibtorchLoop()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    torch.set_num_threads(Runtime.getRuntime().availableProcessors());
    Runnable step =
        switch (workload.task()) {
          case "train-step" -> new LibtorchDcgan(workload)::trainStep;
          case "generate" -> new LibtorchDcgan(workload)::generate;
          case "mlp-step" -> new LibtorchMlp(workload)::step;
          default -> throw new IllegalArgumentException("no task " + workload.task());
        };
    WindowLoop.serve("libtorch", workload, step, () -> {}, System.in, System.out);
    return 0;
  }
}
