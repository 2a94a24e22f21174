package semigan.gan.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import semigan.gan.data.DataSplit;
import semigan.gan.evaluate.Accuracy;
import semigan.gan.store.RunFolder;
import semigan.gan.train.Recovery;
import semigan.gan.train.StepProfile;
import semigan.gan.train.TrainConfig;
import semigan.gan.train.TrainResult;
import semigan.gan.train.TrainingRun;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DeviceFailureException;
import semigan.kernels.DeviceMemoryException;
import semigan.kernels.ProfiledBackend;

/** {@code train}. */
@Command(
    name = "train",
    description = "Trains a model, from scratch or from where a run stopped.",
    sortOptions = false,
    footer = {
      "",
      "Example: five epochs of Fashion-MNIST with 1,000 labels, beside the same classifier without the GAN:",
      "  java -jar gan.jar train --data fashion-mnist --labels 1000 --epochs 5 --baseline"
    })
final class TrainCommand extends Verbosity implements Callable<Integer> {
  private static final Path RUNS = Path.of("runs");

  @Mixin private TrainOptions options;
  @Mixin private ThreadsOption threads;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Go on with a run that was stopped, from its newest checkpoint.")
  private Path resume;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the run's folder is made (default: runs).")
  private Path out;

  @Option(
      names = "--name",
      description = "Name of the run's folder (default: date, time and data).")
  private String name;

  @Option(
      names = "--profile",
      description = "Take some steps, show where their time goes, and write nothing.")
  private boolean profile;

  @Option(
      names = "--baseline",
      description = "Also train the same discriminator on the labelled images alone, to compare.")
  private boolean baseline;

  @Override
  public Integer call() throws Exception {
    PrintStream console = isJson() ? System.err : System.out;
    requirePlace();
    RunFolder existing = resume == null ? null : RunFolder.open(resume);
    TrainOptions.Resolved resolved = options.resolve(existing);
    TrainConfig config = resolved.config();
    if (baseline && config.images().labels() == 0) {
      throw new IllegalArgumentException(
          "--baseline trains on labelled images but --labels is 0; give a multiple of the classes");
    }
    DataSplit data = resolved.data();
    try (Backend device = Backends.open(config.run().device(), Output::warn)) {
      if (profile) {
        print(StepProfile.of(config, data, device), config.imagesPerStep());
        return 0;
      }
      ProgressPrinter printer = new ProgressPrinter(console, Output.isTerminal());
      TrainingRun run = new TrainingRun(config.on(device.name()), data, device);
      RunFolder folder = existing == null ? create(config) : existing;
      try (RunLog log = new RunLog(folder.log(), printer)) {
        trainUntilStopped(run, folder, printer, log);
      } catch (DeviceMemoryException e) {
        throw Recovery.advise(e, config, data, device);
      } catch (DeviceFailureException e) {
        throw Recovery.advise(e, folder);
      }
    }
    return 0;
  }

  private void requirePlace() {
    if (resume != null && (name != null || out != null)) {
      throw new IllegalArgumentException(
          "--resume goes on in the run's own folder; leave out --name and --out");
    }
    if (name != null && !isNameOfFolder(name)) {
      throw new IllegalArgumentException(
          "--name is '%s', expected the name of a folder in --out".formatted(name));
    }
  }

  private static boolean isNameOfFolder(String name) {
    Path path = Path.of(name);
    return path.equals(path.getFileName()) && !Set.of("", ".", "..").contains(name);
  }

  private void print(StepProfile measured, int batch) {
    if (isJson()) {
      System.out.println(Output.json(measured));
      return;
    }
    System.out.printf("%10s %7s %8s %8s  kernel%n", "ms a step", "calls", "GB/s", "GFLOP/s");
    double kernels = 0;
    for (ProfiledBackend.Row row : measured.kernels()) {
      double ms = row.nanos() / 1e6 / measured.steps();
      kernels += ms;
      System.out.printf(
          "%10.3f %7.1f %8.1f %8s  %s%n",
          ms,
          (double) row.calls() / measured.steps(),
          (double) row.bytes() / row.nanos(),
          row.operations() == 0 ? "" : "%.0f".formatted((double) row.operations() / row.nanos()),
          row.kernel());
    }
    double step = measured.stepNanos() / 1e6;
    double floor = measured.floorNanos() / 1e6;
    System.out.printf(
        "step: %.2f ms, %.0f images/s; kernels %.2f ms; the convolutions alone at best %.2f ms, %.0f%% of the step%n",
        step, batch / step * 1e3, kernels, floor, 100 * floor / step);
  }

  private RunFolder create(TrainConfig config) {
    Path place = out == null ? RUNS : out;
    return name == null
        ? RunFolder.create(place, config.images().data(), LocalDateTime.now())
        : RunFolder.create(place.resolve(name));
  }

  private void trainUntilStopped(
      TrainingRun run, RunFolder folder, ProgressPrinter printer, RunLog log) {
    try (InterruptHook hook = new InterruptHook(run::requestStop)) {
      TrainResult result = run.run(folder, log);
      printer.end();
      if (!result.finished()) {
        log.message(
            "stopped after step %d; go on with: java -jar gan.jar train --resume %s"
                .formatted(result.step(), RunFolder.argument(folder.path())));
      }
      if (result.finished()) {
        hook.release(); // all is saved: what follows need not be waited for
      }
      Accuracy alone = baseline && result.finished() ? run.baseline() : null;
      report(result, alone, folder, log);
    }
  }

  private void report(TrainResult result, Accuracy alone, RunFolder folder, RunLog log) {
    double baselineAccuracy = alone == null ? Double.NaN : alone.share();
    if (result.finished()) {
      log.message(
          "done: %d steps in %.0f s, %.0f images/s; model %s"
              .formatted(
                  result.step(), result.seconds(), result.imagesPerSecond(), folder.model()));
      if (!Double.isNaN(result.accuracy())) {
        log.message(
            "%s accuracy: %.2f%% (%d errors in %d)"
                .formatted(
                    result.heldOut() ? "held-out" : "test",
                    100 * result.accuracy(),
                    result.errors(),
                    result.images()));
      }
      if (alone != null) {
        log.message(
            "baseline, labelled images alone: %.2f%% (%d errors in %d); gained %.2f points"
                .formatted(
                    100 * alone.share(),
                    alone.errors(),
                    alone.total(),
                    100 * (result.accuracy() - alone.share())));
      }
    }
    if (isJson()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("run", result.run());
      line.put("step", result.step());
      line.put("finished", result.finished());
      line.put("seconds", result.seconds());
      line.put("imagesPerSecond", result.imagesPerSecond());
      if (!Double.isNaN(result.accuracy())) {
        line.put(result.heldOut() ? "heldOutAccuracy" : "accuracy", result.accuracy());
        line.put(result.heldOut() ? "heldOutErrors" : "testErrors", result.errors());
        line.put(result.heldOut() ? "heldOutImages" : "testImages", result.images());
      }
      if (alone != null) {
        line.put("baselineAccuracy", baselineAccuracy);
      }
      System.out.println(Output.json(line));
    }
  }
}
