package semigan.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import semigan.bench.peers.Result.Measured;

/** A result as lines for the terminal, and as a row of a Markdown table. */
final class ResultText {
  static final String TABLE_HEADER =
      """
      | row | ours, images/s | libtorch, images/s | ratio | DL4J, images/s | floor and step, ms | peak memory, MB: ours, libtorch, DL4J |
      | --- | --- | --- | --- | --- | --- | --- |
      """;

  private final Result result;
  private final int batch;

  ResultText(Result result) {
    this.result = result;
    this.batch = result.parsedRow().batch();
  }

  /** Medians, then ranges, then the floor and the memory. */
  String lines() {
    List<String> medians = new ArrayList<>();
    result
        .peers()
        .forEach(
            (peer, measured) -> {
              if (measured.failure() != null) {
                medians.add("%s cannot (%s)".formatted(peer, measured.failure()));
              } else if (isPeer(peer)) {
                medians.add("%s %.0f images/s".formatted(peer, rate(measured.median())));
              }
            });
    String ratio = ratio();
    if (!ratio.isEmpty()) {
      medians.add(2, "ratio " + ratio);
    }
    return "%s: %s%n  range over %d windows of %d steps: %s%n  %speak memory: %s"
        .formatted(
            result.row(),
            String.join(", ", medians),
            result.windows(),
            result.steps(),
            each((peer, m) -> "%s %.0f-%.0f".formatted(peer, rate(m.greatest()), rate(m.least()))),
            floor("floor %.1f ms, step %.1f ms (%.2f x); "),
            each((peer, m) -> "%s %,d MB".formatted(peer, m.peakMegabytes())));
  }

  /** In the columns of {@link #TABLE_HEADER}. */
  String tableRow() {
    List<String> memory =
        Stream.of(Peer.OURS, Peer.LIBTORCH, Peer.DL4J)
            .map(peer -> result.of(peer.toString()))
            .map(m -> m.map(one -> "%,d".formatted(one.peakMegabytes())).orElse("-"))
            .toList();
    return "| %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            result.row(),
            rateCell(Peer.OURS),
            rateCell(Peer.LIBTORCH),
            ratio(),
            rateCell(Peer.DL4J),
            floor("%.1f, %.1f (%.2f x)"),
            String.join(", ", memory));
  }

  private static boolean isPeer(String name) {
    return !name.equals(Peer.FLOOR.toString());
  }

  private double rate(double ms) {
    return batch / ms * 1e3;
  }

  /** Of every peer that gave something. */
  private String each(BiFunction<String, Measured, String> text) {
    return result.peers().keySet().stream()
        .filter(ResultText::isPeer)
        .flatMap(peer -> result.of(peer).map(m -> text.apply(peer, m)).stream())
        .collect(Collectors.joining(", "));
  }

  /**
   * Formats floor, step and their ratio, where both are known.
   *
   * @param format of three numbers
   */
  private String floor(String format) {
    Optional<Measured> floor = result.of(Peer.FLOOR.toString());
    Optional<Measured> ours = result.of(Peer.OURS.toString());
    if (floor.isEmpty() || ours.isEmpty()) {
      return "";
    }
    double least = floor.get().median();
    double step = ours.get().median();
    return format.formatted(least, step, step / least);
  }

  private String rateCell(Peer peer) {
    Measured measured = result.peers().get(peer.toString());
    if (measured == null) {
      return "";
    }
    return measured.failure() == null
        ? "%,.0f".formatted(rate(measured.median()))
        : "cannot: " + measured.failure().replace("|", "\\|");
  }

  /** Ours by the second peer's; empty where one of them has nothing. */
  private String ratio() {
    List<String> peers = result.peers().keySet().stream().limit(2).toList();
    if (peers.size() < 2 || !peers.stream().allMatch(peer -> result.of(peer).isPresent())) {
      return "";
    }
    double first = result.of(peers.get(0)).get().median();
    return "%.2f".formatted(result.of(peers.get(1)).get().median() / first);
  }
}
