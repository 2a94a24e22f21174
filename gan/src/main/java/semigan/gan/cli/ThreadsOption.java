package semigan.gan.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import semigan.kernels.Backends;
import semigan.kernels.cpu.CpuBackend;

/** How many of the processor's threads compute; heeded by a device that is opened afterwards. */
final class ThreadsOption {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of the cpu device (default: OMP_NUM_THREADS, or all that this process may use).")
  void use(int threads) {
    if (threads < 1) {
      throw new ParameterException(
          command.commandLine(),
          "--threads is %d, expected 1 or more; leave it out to use all".formatted(threads));
    }
    System.setProperty(CpuBackend.THREADS, Integer.toString(threads));
  }

  /** Divides the threads among devices that are opened beside each other. */
  void share(int devices) {
    use(Math.max(1, Backends.threads() / devices));
  }
}
