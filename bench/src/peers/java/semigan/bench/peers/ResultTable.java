package semigan.bench.peers;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Results as a Markdown table of a text, which has one for each kind of processor, between two
 * comments.
 *
 * @param instructions as {@link Machine} has them
 */
record ResultTable(String instructions, List<Result> results) {
  private static final String END = "<!-- End of that table. -->\n";

  private String begin() {
    return "<!-- The table that bench/peers.sh --table writes on %s. -->\n".formatted(instructions);
  }

  /** The name of the chart's file, which lies beside the text. */
  String chart() {
    String name = instructions.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return "peers-%s.png".formatted(name);
  }

  /**
   * Puts the table where the last one of this kind was, or else behind the last of all.
   *
   * @throws IllegalArgumentException if the text has no table
   */
  String putInto(String text) {
    int begin = text.indexOf(begin());
    if (begin >= 0) {
      int end = text.indexOf(END, begin);
      requireEnd(end);
      return text.substring(0, begin) + block() + text.substring(end + END.length());
    }
    int last = text.lastIndexOf(END);
    requireEnd(last);
    int behind = last + END.length();
    return text.substring(0, behind) + "\n" + block() + text.substring(behind);
  }

  private static void requireEnd(int end) {
    if (end < 0) {
      throw new IllegalArgumentException(
          "bench/README.md: each table ends with the line %swhich is missing".formatted(END));
    }
  }

  private String block() {
    String rows =
        results.stream()
            .map(result -> new ResultText(result).tableRow())
            .collect(Collectors.joining());
    return "%s\n%s. %s, on %s.\n\n%s%s\n![images a second over the batch](%s)\n\n%s"
        .formatted(
            begin(),
            results.get(0).machine(),
            "Medians of %d windows in turns".formatted(results.get(0).windows()),
            dates(),
            ResultText.TABLE_HEADER,
            rows,
            chart(),
            END);
  }

  private String dates() {
    List<String> dates = results.stream().map(Result::date).distinct().sorted().toList();
    String last = dates.get(dates.size() - 1);
    return dates.size() == 1 ? last : dates.get(0) + " to " + last;
  }
}
