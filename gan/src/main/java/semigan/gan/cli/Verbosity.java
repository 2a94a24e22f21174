package semigan.gan.cli;

import picocli.CommandLine.Option;

/** How a command speaks. */
class Verbosity {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(names = "--verbose", description = "Show where a failure happened.")
  private boolean verbose;

  @Option(names = "--json", description = "Print the result as one line of JSON.")
  private boolean json;

  final boolean isVerbose() {
    return verbose;
  }

  final boolean isJson() {
    return json;
  }
}
