package semigan.bench.peers;

import java.util.List;
import java.util.stream.Collectors;

/** Results as a Markdown table, between two comments of a text. */
final class ResultTable {
  private static final String BEGIN = "<!-- The table that bench/peers.sh --table writes. -->\n";
  private static final String END = "<!-- End of that table. -->\n";

  private ResultTable() {}

  /**
   * Puts the table where another one was.
   *
   * @throws IllegalArgumentException if the text lacks one of the comments
   */
  static String replaceIn(String text, List<Result> results) {
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END, begin + 1);
    if (begin < 0 || end < 0) {
      throw new IllegalArgumentException(
          "bench/README.md: the table belongs between the lines %sand %swhich must both be there"
              .formatted(BEGIN, END));
    }
    return text.substring(0, begin + BEGIN.length()) + of(results) + text.substring(end);
  }

  private static String of(List<Result> results) {
    String rows =
        results.stream()
            .map(result -> new ResultText(result).tableRow())
            .collect(Collectors.joining());
    return "\n%s. %s, on %s.\n\n%s%s\n![images a second over the batch](peers.png)\n\n"
        .formatted(
            results.get(0).machine(),
            "Medians of %d windows in turns".formatted(results.get(0).windows()),
            dates(results),
            ResultText.TABLE_HEADER,
            rows);
  }

  private static String dates(List<Result> results) {
    List<String> dates = results.stream().map(Result::date).distinct().sorted().toList();
    String last = dates.get(dates.size() - 1);
    return dates.size() == 1 ? last : dates.get(0) + " to " + last;
  }
}
