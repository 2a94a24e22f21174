package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingMonitorTest {
  /** What a monitor said, and at which step. */
  private record Said(long step, String warning) {}

  @Test
  void aRunThatGoesWellIsNotCommentedOn() {
    var records = new ArrayList<Map<String, Object>>(losses(200, 0.4));
    records.addAll(scores(200, 0.8, 0.15));
    records.add(diversity(100, 0.1)); // drawn by a generator that has just begun
    records.add(diversity(200, 0.1));
    records.addAll(diversities(0.5, 0.9, 1.1, 0.8));
    records.add(Map.of("step", 4000, "warning", "a warning of an earlier session"));
    assertEquals(List.of(), watch(new TrainingMonitor(), records));
  }

  @Test
  void aDiscriminatorThatIsAlwaysCertainIsNamedOnce() {
    var said = watch(new TrainingMonitor(), scores(200, 0.998, 0.004));
    assertEquals(1, said.size());
    assertEquals(25 * 20, said.get(0).step());
    assertTrue(said.get(0).warning().contains("real ones real by 0.998, generated ones by 0.004"));
  }

  @Test
  void oneThatDoubtsAtTimesIsNot() {
    var records = records(200, s -> Map.of("scoreReal", s % 400 == 0 ? 0.9 : 1, "scoreFake", 0));
    assertEquals(List.of(), watch(new TrainingMonitor(), records));
    assertEquals(List.of(), watch(new TrainingMonitor(), scores(200, 0.998, 0.02)));
    assertEquals(List.of(), watch(new TrainingMonitor(), scores(200, 0.98, 0.001)));
  }

  @Test
  void aDiscriminatorThatGuessesIsNamedOnce() {
    var said = watch(new TrainingMonitor(), scores(200, 0.51, 0.48));
    assertEquals(1, said.size());
    assertEquals(50 * 20, said.get(0).step());
    assertTrue(said.get(0).warning().contains("real images real by 0.510, generated ones by 0.48"));
    assertEquals(List.of(), watch(new TrainingMonitor(), scores(200, 0.56, 0.48)));
    assertEquals(List.of(), watch(new TrainingMonitor(), scores(200, 0.48, 0.44)));
    assertEquals(List.of(), watch(new TrainingMonitor(), scores(49, 0.5, 0.5)));
  }

  @Test
  void aGeneratorFromWhichNothingIsLearntIsNamedOnce() {
    var said = watch(new TrainingMonitor(), losses(200, 0.004));
    assertEquals(1, said.size());
    assertEquals(50 * 20, said.get(0).step());
    assertTrue(said.get(0).warning().contains("near 0 for 50 records (0.0040 now)"));
  }

  @Test
  void imagesThatBecomeAlikeAreNamedAtTheSecondLook() {
    var said = watch(new TrainingMonitor(), diversities(0.7, 0.3, 0.8, 0.3, 0.2, 0.1, 0.9, 0.1));
    assertEquals(1, said.size());
    assertEquals(500, said.get(0).step());
    assertTrue(said.get(0).warning().contains("2.00 apart on average, real ones 10.0"));
  }

  @Test
  void imagesThatNeverBecomeDifferentAreNamedToo() {
    var records = LongStream.rangeClosed(1, 30).mapToObj(i -> diversity(100 * i, 0.1)).toList();
    assertEquals(
        List.of(2100L), watch(new TrainingMonitor(), records).stream().map(Said::step).toList());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aNumberThatIsNoneIsNamedWithItsMeasurement(double value) {
    var broken = records(3, s -> Map.of("gradientNormGenerator", value));
    var said = watch(new TrainingMonitor(), broken);
    assertEquals(1, said.size());
    assertTrue(said.get(0).warning().startsWith("gradientNormGenerator is " + value));
    // As it is read back from a file.
    var read = records(3, s -> Map.of("gradientNormGenerator", String.valueOf(value)));
    assertEquals(said, watch(new TrainingMonitor(), read));
  }

  /** A run that was stopped at any record says what one says that was not. */
  @Test
  void whatWasSaidBeforeAStopIsNotSaidAgain() {
    var all = scores(60, 1, 0);
    var whole = watch(new TrainingMonitor(), all);
    for (int stop = 0; stop < all.size(); stop++) {
      var before = watch(new TrainingMonitor(), all.subList(0, stop));
      var resumed = new TrainingMonitor();
      watch(resumed, all.subList(0, stop));
      var said = new ArrayList<>(before);
      said.addAll(watch(resumed, all.subList(stop, all.size())));
      assertEquals(whole, said, "stopped after " + stop);
    }
  }

  private static List<Said> watch(TrainingMonitor monitor, List<Map<String, Object>> records) {
    var said = new ArrayList<Said>();
    for (Map<String, Object> record : records) {
      for (String warning : monitor.watch(record)) {
        said.add(new Said(((Number) record.get("step")).longValue(), warning));
      }
    }
    return said;
  }

  private static List<Map<String, Object>> records(
      int count, LongFunction<Map<String, Object>> values) {
    var records = new ArrayList<Map<String, Object>>();
    for (long step = 20; step <= 20L * count; step += 20) {
      var record = new LinkedHashMap<String, Object>(values.apply(step));
      record.put("step", step);
      records.add(record);
    }
    return records;
  }

  private static List<Map<String, Object>> scores(int count, double real, double fake) {
    return records(count, s -> Map.of("scoreReal", real, "scoreFake", fake));
  }

  private static List<Map<String, Object>> losses(int count, double each) {
    return records(count, s -> Map.of("lossReal", each, "lossFake", each));
  }

  /** Every 100 steps one, as shares of the distances between real images. */
  private static List<Map<String, Object>> diversities(double... shares) {
    return LongStream.rangeClosed(1, shares.length)
        .mapToObj(i -> diversity(100 * i, shares[(int) i - 1]))
        .toList();
  }

  private static Map<String, Object> diversity(long step, double share) {
    return Map.of("step", step, "diversityGenerated", 10 * share, "diversityReal", 10.0);
  }
}
