package semigan.gan.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;
import semigan.gan.train.TrainConfig;
import semigan.kernels.Backend;
import semigan.kernels.Backends;

/** The trained model that a command works with, and the device it runs on. */
final class ModelArgument {
  @Parameters(index = "0", paramLabel = "MODEL", description = "A run's folder, or a model file.")
  private Path model;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = Backends.AUTO,
      description = Output.DEVICES + " (default: ${DEFAULT-VALUE}).")
  private String device;

  @Mixin private ThreadsOption threads;

  /**
   * The model's file; checked before a device is opened.
   *
   * @throws IllegalArgumentException if there is nothing of that name
   */
  Path file() {
    if (!Files.exists(model)) {
      throw new IllegalArgumentException(
          "there is no '%s'; expected the folder of a run, such as runs/first, or a model file"
              .formatted(model));
    }
    return RunFolder.modelFile(model);
  }

  /**
   * How the model was trained.
   *
   * @throws IllegalArgumentException if it is a file alone, which does not say
   */
  TrainConfig config() {
    if (!Files.isDirectory(model)) {
      throw new IllegalArgumentException(
          "%s does not say what data it learnt from, as a run's folder does; give --data"
              .formatted(model));
    }
    return TrainConfig.read(RunFolder.open(model).config());
  }

  /**
   * Whether the model was trained to classify, as far as can be known: a file that lies in no run's
   * folder does not say.
   */
  boolean learntLabels() {
    if (Files.isDirectory(model)) {
      return !RunFolder.isRun(model) || config().images().labels() > 0;
    }
    return configBeside().map(config -> config.images().labels() > 0).orElse(true);
  }

  /** Of the run whose own model the file is; nothing if it is none, or beside a file of others. */
  private Optional<TrainConfig> configBeside() {
    Path run = model.toAbsolutePath().getParent();
    try {
      return RunFolder.isRun(run) && Files.isSameFile(RunFolder.open(run).model(), model)
          ? Optional.of(TrainConfig.read(RunFolder.open(run).config()))
          : Optional.empty();
    } catch (IOException | StoreException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether this is a run on such data; a folder of images goes by its name, as it may be moved.
   */
  boolean learntFrom(String data) {
    return RunFolder.isRun(model)
        && RunFolder.plain(config().images().data()).equals(RunFolder.plain(data));
  }

  Backend openDevice() {
    return Backends.open(device, Output::warn);
  }
}
