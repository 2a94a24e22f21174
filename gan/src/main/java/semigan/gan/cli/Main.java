package semigan.gan.cli;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import semigan.gan.store.Environment;

/** {@code java -jar gan.jar COMMAND}. */
@Command(
    name = "gan",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description =
        "Learns to draw and to classify images from a few labelled and many unlabelled ones.",
    subcommands = {
      TrainCommand.class,
      StudyCommand.class,
      GenerateCommand.class,
      EvaluateCommand.class,
      ClassifyCommand.class,
      DataCommand.class,
      FeaturesCommand.class,
      DoctorCommand.class
    },
    footer = {
      "",
      "Example: train on the built-in data with 100 labels, then draw 64 images:",
      "  java -jar gan.jar train --out runs --name first",
      "  java -jar gan.jar generate runs/first --count 64 --out grid.png"
    })
public final class Main implements Runnable {
  /** Reads the version only when it is asked for. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"semigan " + Environment.programVersion()};
    }
  }

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    Locale.setDefault(Locale.ROOT); // some have digits and decimal points of their own
    System.exit(execute(arguments));
  }

  private static int execute(String[] arguments) {
    try {
      int code = commandLine().execute(arguments);
      return code == 0 ? Failures.unprinted(System.out, System.err) : code;
    } catch (Error e) {
      return Failures.ended(e, arguments, System.err);
    }
  }

  private static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setExecutionExceptionHandler(new Failures());
    line.setParameterExceptionHandler(Failures::wrongUsage);
    return line;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "a command is missing; 'gan --help' lists them");
  }
}
