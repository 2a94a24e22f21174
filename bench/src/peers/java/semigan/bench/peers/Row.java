package semigan.bench.peers;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One comparison: what every peer does.
 *
 * @param task {@code train-step}, {@code generate} or {@code mlp-step}
 * @param mode {@code f32} or {@code bf16}
 * @param batch images a step
 * @param size height and width of the images
 * @param channels of the images
 * @param filters next to the image
 */
record Row(String task, String mode, int batch, int size, int channels, int filters) {
  private static final int FILTERS = 64;
  private static final List<String> TASKS = List.of("train-step", "generate", "mlp-step");
  private static final List<String> MODES = List.of("f32", "bf16");
  private static final Pattern TEXT =
      Pattern.compile(
          "(\\S+) (\\S+) (?:batch )?(\\d+) (\\d+)x(\\d+)x(\\d+)(?: (\\d+)(?: filters)?)?");

  /**
   * Reads {@code TASK MODE BATCH HxWxC [FILTERS]}, which {@link #toString} also gives.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  static Row parse(String text) {
    Matcher parts = TEXT.matcher(text.strip().replaceAll("\\s+", " "));
    if (!parts.matches()
        || !TASKS.contains(parts.group(1))
        || !MODES.contains(parts.group(2))
        || !parts.group(4).equals(parts.group(5))) {
      throw new IllegalArgumentException(
          "row '%s': expected TASK MODE BATCH HxWxC [FILTERS] with TASK of %s, MODE of %s and H = W, such as 'train-step f32 64 32x32x1'"
              .formatted(text, TASKS, MODES));
    }
    int filters = parts.group(7) == null ? FILTERS : Integer.parseInt(parts.group(7));
    return new Row(
        parts.group(1),
        parts.group(2),
        Integer.parseInt(parts.group(3)),
        Integer.parseInt(parts.group(4)),
        Integer.parseInt(parts.group(6)),
        filters);
  }

  /** As {@link semigan.bench.Workload} takes it. */
  List<String> options() {
    return List.of(
        "--task=" + task,
        "--mode=" + mode,
        "--batch=" + batch,
        "--size=" + size,
        "--channels=" + channels,
        "--width=" + filters);
  }

  /** Steps that a peer of our speed does in about a second: what a window is by itself. */
  int usualSteps() {
    int images =
        switch (task) {
          case "generate" -> 6400;
          case "mlp-step" -> 2000;
          default -> 640;
        };
    int relativeArea = Math.max(1, size * size / 1024);
    return Math.max(4, images / batch / relativeArea);
  }

  /** The image's sizes, such as {@code 32x32x1}. */
  String image() {
    return "%dx%dx%d".formatted(size, size, channels);
  }

  @Override
  public String toString() {
    String row = "%s %s batch %d %s".formatted(task, mode, batch, image());
    return filters == FILTERS ? row : row + " %d filters".formatted(filters);
  }
}
