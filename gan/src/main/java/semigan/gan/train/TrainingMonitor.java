package semigan.gan.train;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Looks through a run's records, as they go into {@code metrics.jsonl}, for the ways in which GANs
 * fail, and says each in words, once. What it says depends on the records alone, so that a run that
 * goes on need only show it the earlier ones again.
 */
public final class TrainingMonitor {
  /** Scores beyond these leave hardly a gradient; they do pass through them at times. */
  private static final double CERTAIN = 0.99;

  private static final int SATURATED_RECORDS = 25;

  /** Scores as near to a half are guesses; of a discriminator at work they soon leave it. */
  private static final double GUESSED = 0.05;

  private static final int GUESSED_RECORDS = 50;

  /** What the discriminator pays for unlabelled and generated images; 0.69 is a guess. */
  private static final double NOTHING_TO_LEARN = 0.01;

  private static final int NOTHING_TO_LEARN_RECORDS = 50;

  /** Of the distances between real images. */
  private static final double COLLAPSED = 0.4;

  /** From here on a generator has drawn different images, and should go on to. */
  private static final double DIVERSE = 0.6;

  /** One that has not by now will hardly begin to. */
  private static final long YOUNG_STEPS = 2000;

  private static final int COLLAPSED_RECORDS = 2;

  private enum Sign {
    NOT_FINITE,
    SATURATED,
    GUESSING,
    NOTHING_TO_LEARN,
    COLLAPSED
  }

  private final Map<Sign, Integer> inARow = new EnumMap<>(Sign.class);
  private final Set<Sign> given = EnumSet.noneOf(Sign.class);
  private boolean wasDiverse;

  /**
   * Takes the next record.
   *
   * @param record with its {@code step}; {@code scoreReal} and {@code scoreFake}, {@code lossReal}
   *     and {@code lossFake}, and {@code diversityReal} and {@code diversityGenerated} are looked
   *     at where they are there
   * @return what a person should hear now
   */
  public List<String> watch(Map<String, ?> record) {
    var warnings = new ArrayList<String>();
    watchNumbers(record, warnings);
    if (holds(record, "scoreReal", "scoreFake")) {
      watchScores(number(record, "scoreReal"), number(record, "scoreFake"), warnings);
    }
    if (holds(record, "lossReal", "lossFake")) {
      watchLosses(number(record, "lossReal"), number(record, "lossFake"), warnings);
    }
    if (holds(record, "step", "diversityGenerated", "diversityReal")) {
      watchDiversity(
          (long) number(record, "step"),
          number(record, "diversityGenerated"),
          number(record, "diversityReal"),
          warnings);
    }
    return warnings;
  }

  private void watchNumbers(Map<String, ?> record, List<String> warnings) {
    record.forEach(
        (name, value) ->
            note(
                Sign.NOT_FINITE,
                isNotFinite(value),
                1,
                () -> "%s is %s: training is leaving the finite numbers".formatted(name, value),
                warnings));
  }

  private void watchScores(double real, double fake, List<String> warnings) {
    note(
        Sign.SATURATED,
        real > CERTAIN && fake < 1 - CERTAIN,
        SATURATED_RECORDS,
        () ->
            "the discriminator has been certain of all images for %d records (it finds real ones real by %.3f, generated ones by %.3f), so the generator learns next to nothing from it; lower the discriminator's rate, or augment"
                .formatted(SATURATED_RECORDS, real, fake),
        warnings);
    note(
        Sign.GUESSING,
        Math.abs(real - 0.5) < GUESSED && Math.abs(fake - 0.5) < GUESSED,
        GUESSED_RECORDS,
        () ->
            "the discriminator has only been guessing for %d records (it finds real images real by %.3f, generated ones by %.3f), so the generator learns nothing from it; lower the discriminator's rate, or let it fall earlier (decayFrom)"
                .formatted(GUESSED_RECORDS, real, fake),
        warnings);
  }

  private void watchLosses(double real, double fake, List<String> warnings) {
    double unlabelled = (real + fake) / 2;
    note(
        Sign.NOTHING_TO_LEARN,
        unlabelled < NOTHING_TO_LEARN,
        NOTHING_TO_LEARN_RECORDS,
        () ->
            "the loss on unlabelled and generated images has been near 0 for %d records (%.4f now): the generator has died, and the unlabelled images teach nothing any more; train again, with lower rates"
                .formatted(NOTHING_TO_LEARN_RECORDS, unlabelled),
        warnings);
  }

  private void watchDiversity(long step, double generated, double real, List<String> warnings) {
    double share = generated / real;
    wasDiverse |= share > DIVERSE;
    note(
        Sign.COLLAPSED,
        share < COLLAPSED && (wasDiverse || step >= YOUNG_STEPS),
        COLLAPSED_RECORDS,
        () ->
            "the generator draws nearly the same image again and again: its images are %.3g apart on average, real ones %.3g (mode collapse); lower the rates, or use both terms of the generator's loss"
                .formatted(generated, real),
        warnings);
  }

  /** Counts a sign that shows, and warns when it has shown so often in a row. */
  private void note(
      Sign sign, boolean shows, int enough, Supplier<String> words, List<String> warnings) {
    int count = shows ? inARow.merge(sign, 1, Integer::sum) : 0;
    inARow.put(sign, count);
    if (count >= enough && given.add(sign)) {
      warnings.add(words.get());
    }
  }

  private static boolean holds(Map<String, ?> record, String... names) {
    for (String name : names) {
      if (!(record.get(name) instanceof Number)) {
        return false;
      }
    }
    return true;
  }

  private static double number(Map<String, ?> record, String name) {
    return ((Number) record.get(name)).doubleValue();
  }

  /** In JSON such numbers are strings. */
  private static boolean isNotFinite(Object value) {
    return value instanceof Number number
        ? !Double.isFinite(number.doubleValue())
        : Set.of("NaN", "Infinity", "-Infinity").contains(value);
  }
}
