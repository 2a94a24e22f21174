package semigan.gan.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import semigan.gan.data.DataException;
import semigan.gan.evaluate.NotFiniteException;
import semigan.gan.model.ClassNotDrawnException;
import semigan.gan.store.StoreException;
import semigan.gan.train.DivergedException;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.DeviceFailureException;
import semigan.kernels.DeviceMemoryException;

/**
 * Turns what went wrong into one line for the user and an exit code: 2 for wrong usage, 1 for
 * anything else.
 */
final class Failures implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    err.println("gan: " + message(failure));
    if (isVerbose(line)) {
      failure.printStackTrace(err);
    } else if (!isExpected(failure)) {
      err.println("gan: this looks like a defect; --verbose shows where it happened");
    }
    return failure instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  static int wrongUsage(ParameterException failure, String[] arguments) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("gan: " + message(failure));
    if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      err.printf("'%s --help' shows how it is used%n", line.getCommandSpec().qualifiedName());
    }
    return ExitCode.USAGE;
  }

  /** After a command that succeeded: whether all that it printed could be written. */
  static int unprinted(PrintStream out, PrintStream err) {
    if (!out.checkError()) {
      return ExitCode.OK;
    }
    err.println(
        "gan: what was printed could not be written; is the disk full, or the pipe closed?");
    return ExitCode.SOFTWARE;
  }

  /** What is no {@link Exception}: nothing catches it on its way to here. */
  static int ended(Error failure, String[] arguments, PrintStream err) {
    String line;
    if (failure instanceof OutOfMemoryError) {
      line = "the Java heap is full; raise it with java -Xmx, or use less data";
    } else if (failure instanceof LinkageError) {
      line =
          "a part of the program cannot be loaded; was gan.jar replaced while it ran? start it again";
    } else {
      line = failure + "; this looks like a defect; --verbose shows where it happened";
    }
    err.println("gan: " + line);
    if (List.of(arguments).contains("--verbose")) {
      failure.printStackTrace(err);
    }
    return ExitCode.SOFTWARE;
  }

  private static String message(ParameterException failure) {
    CommandLine line = failure.getCommandLine();
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && !line.getSubcommands().isEmpty()) {
      return "there is no command '%s'; there are %s"
          .formatted(
              unmatched.getUnmatched().get(0), String.join(", ", line.getSubcommands().keySet()));
    }
    return failure.getMessage();
  }

  private static String message(Throwable failure) {
    if (failure instanceof UncheckedIOException) {
      return message(failure.getCause());
    }
    if (failure instanceof FileSystemException e && e.getReason() == null) {
      return e.getFile() + ": " + StoreException.reason(e);
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static boolean isExpected(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof UncheckedIOException
        || failure instanceof IllegalArgumentException
        || failure instanceof DataException
        || failure instanceof StoreException
        || failure instanceof ClassNotDrawnException
        || failure instanceof NotFiniteException
        || failure instanceof DivergedException
        || failure instanceof BackendUnavailableException
        || failure instanceof DeviceFailureException
        || failure instanceof DeviceMemoryException;
  }

  private static boolean isVerbose(CommandLine line) {
    return line.getCommandSpec().userObject() instanceof Verbosity verbosity
        && verbosity.isVerbose();
  }
}
