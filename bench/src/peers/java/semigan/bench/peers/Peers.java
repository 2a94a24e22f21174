package semigan.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Compares ours with its peers, row by row; started by {@code bench/peers.sh}. */
@Command(
    name = "bench/peers.sh",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Our rate beside that of our peers, in turns.",
    footer = {
      "",
      "TASK is train-step, generate or mlp-step; MODE is f32 or bf16; FILTERS, next to the image, are 64 where left out.",
      "Example: bench/peers.sh \"train-step f32 64 32x32x1\" \"generate f32 256 32x32x1\""
    })
public final class Peers implements Callable<Integer> {
  private static final Path FOLDER = Path.of("bench/target/peers");
  private static final Path ROWS = FOLDER.resolve("rows.jsonl");
  private static final Path README = Path.of("bench/README.md");
  private static final Path CHARTS = Path.of("bench");

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "\"TASK MODE BATCH HxWxC [FILTERS]\"",
      defaultValue = "train-step f32 64 32x32x1",
      converter = RowReader.class,
      description = "what to compare (default: ${DEFAULT-VALUE})")
  private List<Row> rows;

  @Option(
      names = "--table",
      description =
          "the standard rows, into this kind of processor's table in bench/README.md and its chart")
  private boolean table;

  @Option(
      names = "--fresh",
      description = "forgets the rows in bench/target/peers/rows.jsonl, which --table would take")
  private boolean fresh;

  @Option(
      names = "--noise",
      description = "libtorch against itself: how far from 1.00 noise alone takes a ratio")
  private boolean noise;

  @Option(
      names = "--windows",
      defaultValue = "9",
      description = "timed windows (default: ${DEFAULT-VALUE})")
  private int windows;

  @Option(names = "--steps", description = "timed steps in a window (default: about a second)")
  private Integer steps;

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    System.exit(new CommandLine(new Peers()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (table && noise) {
      throw new ParameterException(
          spec.commandLine(), "--noise: no table is made of it; leave out --table");
    }
    if (fresh) {
      Files.deleteIfExists(ROWS);
    }
    Machine machine = Machine.here();
    System.out.println(machine.text());
    ResultLog log = new ResultLog(ROWS);
    Comparison comparison = new Comparison(FOLDER, machine.text(), windows);
    List<Row> wanted = table ? StandardRows.of(machine) : rows;
    List<Result> results = new ArrayList<>();
    for (Row row : wanted) {
      Result known = log.of(row, machine.text(), windows).orElse(null);
      if (table && known != null && known.isComplete()) {
        results.add(known);
        continue;
      }
      int each = steps == null ? row.usualSteps() : steps;
      Result result = comparison.measure(row, peersOf(row, machine), each);
      System.out.println(new ResultText(result).lines());
      if (!noise) {
        log.add(result);
      }
      results.add(result);
    }
    if (table) {
      ResultTable written = new ResultTable(machine.instructions(), results);
      Files.writeString(README, written.putInto(Files.readString(README)));
      ResultChart.write(CHARTS.resolve(written.chart()), results);
    }
    return 0;
  }

  private Map<String, Peer> peersOf(Row row, Machine machine) {
    Map<String, Peer> peers = new LinkedHashMap<>();
    if (noise) {
      peers.put(Peer.LIBTORCH.toString(), Peer.LIBTORCH);
      peers.put(Peer.LIBTORCH + " again", Peer.LIBTORCH);
      return peers;
    }
    for (Peer peer : Peer.values()) {
      if (peer.does(row, machine)) {
        peers.put(peer.toString(), peer);
      }
    }
    return peers;
  }

  /** A wrong row is wrong usage. */
  private static final class RowReader implements ITypeConverter<Row> {
    @Override
    public Row convert(String text) {
      try {
        return Row.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
