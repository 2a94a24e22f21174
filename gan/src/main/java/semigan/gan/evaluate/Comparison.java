package semigan.gan.evaluate;

import java.util.Optional;
import java.util.function.BiFunction;

/**
 * How near one set of images comes to the test images, by every measure that so many images allow.
 *
 * @param frechet FID, {@link FrechetDistance}
 * @param kernel KID
 */
public record Comparison(
    Optional<Double> frechet,
    Optional<KernelDistance> kernel,
    Optional<PrecisionRecall> precisionRecall,
    Optional<DensityCoverage> densityCoverage) {
  /** Passes over all pairs of images: three for each of the first two, two for the last. */
  private static final int WORK = 8;

  /** Measures {@code other} against {@code test}. */
  static Comparison of(Features test, Features other, Progress progress) {
    int fewer = Math.min(test.count(), other.count());
    var frechet =
        when(FrechetDistance.isDefined(fewer, test.width()), FrechetDistance::of, test, other);
    var kernel = when(fewer >= KernelDistance.FEWEST, KernelDistance::of, test, other);
    progress.at(3, WORK);
    var precisionRecall = when(fewer >= PrecisionRecall.FEWEST, PrecisionRecall::of, test, other);
    progress.at(6, WORK);
    var densityCoverage = when(fewer >= DensityCoverage.FEWEST, DensityCoverage::of, test, other);
    progress.at(WORK, WORK);
    return new Comparison(frechet, kernel, precisionRecall, densityCoverage);
  }

  private static <T> Optional<T> when(
      boolean enough, BiFunction<Features, Features, T> measure, Features test, Features other) {
    return enough ? Optional.of(measure.apply(test, other)) : Optional.empty();
  }
}
