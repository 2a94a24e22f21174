package semigan.gan.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.gan.study.SeedResult;
import semigan.gan.study.Summary;

/**
 * The errors of a study's seeds, as commands show them.
 *
 * @param results at least one, all measured on the same images
 */
record SeedErrors(List<SeedResult> results) {
  double[] values() {
    return results.stream().mapToDouble(SeedResult::errors).toArray();
  }

  Summary summary() {
    return Summary.of(values());
  }

  /** How many each seed was measured on. */
  int images() {
    return results.get(0).images();
  }

  /** What JSON calls {@link #images}. */
  String nameOfImages() {
    return results.get(0).heldOut() ? "heldOutImages" : "testImages";
  }

  /** In words. */
  @Override
  public String toString() {
    Summary errors = summary();
    String spread =
        errors.count() == 1
            ? ""
            : ", standard deviation %.1f, median %.1f; the true mean is below %.1f with 95%% confidence"
                .formatted(errors.deviation(), errors.median(), errors.upperBound());
    return "%.1f errors on average%s, of %d %s"
        .formatted(errors.mean(), spread, images(), results.get(0).measuredOn());
  }

  /** JSON has no NaN. */
  static Map<String, Object> json(Summary summary) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("count", summary.count());
    values.put("mean", summary.mean());
    values.put("median", summary.median());
    if (summary.count() > 1) {
      values.put("deviation", summary.deviation());
      values.put("upperBound", summary.upperBound());
    }
    return values;
  }
}
