package semigan.bench.peers;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a row gave.
 *
 * @param row as {@link Row#parse} reads it
 * @param machine processor, threads and versions
 * @param date of the measurement, such as {@code 2026-01-31}
 * @param windows that were timed
 * @param steps in a window of ours
 * @param peers by name, in the order of their turns
 */
record Result(
    String row, String machine, String date, int windows, int steps, Map<String, Measured> peers) {
  Result {
    peers = new LinkedHashMap<>(peers);
  }

  /**
   * What one peer gave.
   *
   * @param ms milliseconds a step, window by window
   * @param peakMegabytes the most memory that was resident
   * @param failure why it gave nothing; null if it did
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Measured(double[] ms, long peakMegabytes, String failure) {
    static Measured failed(String why) {
      return new Measured(new double[0], 0, why);
    }

    /** The median, in milliseconds a step. */
    double median() {
      double[] sorted = ms.clone();
      Arrays.sort(sorted);
      int n = sorted.length;
      return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    double least() {
      return Arrays.stream(ms).min().orElseThrow();
    }

    double greatest() {
      return Arrays.stream(ms).max().orElseThrow();
    }
  }

  /** What a peer measured, if it took part and did not fail. */
  Optional<Measured> of(String peer) {
    return Optional.ofNullable(peers.get(peer)).filter(measured -> measured.failure() == null);
  }

  /** Whether every peer that took part gave something. */
  boolean isComplete() {
    return peers.values().stream().allMatch(measured -> measured.failure() == null);
  }

  Row parsedRow() {
    return Row.parse(row);
  }
}
