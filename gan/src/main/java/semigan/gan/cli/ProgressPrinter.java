package semigan.gan.cli;

import java.io.PrintStream;
import semigan.gan.evaluate.Progress;
import semigan.gan.train.StepLosses;
import semigan.gan.train.TrainingListener;

/** Shows a run's progress: a bar that moves on a terminal, a line every few seconds elsewhere. */
final class ProgressPrinter implements TrainingListener {
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;
  private static final int BAR = 12;

  /** A line that is longer than the terminal is wide is cut: a second one would stay. */
  private static final String NO_WRAP = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";
  private static final String CLEAR_TO_END = "\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final String prefix;
  private final long started = System.nanoTime();
  private long shown;
  private boolean lineShown;

  ProgressPrinter(PrintStream out, boolean terminal) {
    this(out, terminal, "");
  }

  /**
   * @param prefix of every line
   */
  ProgressPrinter(PrintStream out, boolean terminal, String prefix) {
    this.out = out;
    this.terminal = terminal;
    this.prefix = prefix;
  }

  @Override
  public void step(long step, long steps, StepLosses losses, double imagesPerSecond) {
    long now = System.nanoTime();
    boolean due = now - shown >= (terminal ? TERMINAL_NANOS : PLAIN_NANOS);
    if (shown != 0 && !due && step != steps) {
      return;
    }
    shown = now;
    String text =
        prefix
            + "step %d of %d  %s  %.0f images/s  labelled %.3f  real %.3f  fake %.3f  generator %.3f"
                .formatted(
                    step,
                    steps,
                    elapsed(now),
                    imagesPerSecond,
                    losses.labelled(),
                    losses.real(),
                    losses.fake(),
                    losses.generator());
    if (terminal) {
      overwrite(bar(step, steps) + " " + text);
    } else {
      out.println(text);
    }
  }

  @Override
  public void message(String line) {
    clear();
    out.println(prefix + line);
  }

  /** Shows how far one long computation is, and how long the rest will take; begins now. */
  Progress of(String what) {
    long began = System.nanoTime();
    shown = began;
    return (done, total) -> {
      long now = System.nanoTime();
      if (done == total) {
        clear();
      } else if (now - shown >= (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
        shown = now;
        String left = duration((long) ((now - began) / (double) done * (total - done)));
        String text = "%s: %d of %d, about %s left".formatted(what, done, total, left);
        if (terminal) {
          overwrite(bar(done, total) + " " + text);
        } else {
          out.println(text);
        }
      }
    };
  }

  /** Leaves the bar's line. */
  void end() {
    if (terminal && lineShown) {
      out.println();
      lineShown = false;
    }
  }

  private void clear() {
    if (terminal) {
      overwrite("");
      lineShown = false;
    }
  }

  private void overwrite(String text) {
    out.print("\r" + NO_WRAP + text + CLEAR_TO_END + WRAP);
    out.flush();
    lineShown = true;
  }

  private static String bar(long step, long steps) {
    int full = (int) (BAR * step / steps);
    return "[" + "=".repeat(full) + " ".repeat(BAR - full) + "]";
  }

  private String elapsed(long now) {
    return duration(now - started);
  }

  private static String duration(long nanos) {
    long seconds = nanos / 1_000_000_000L;
    return "%d:%02d".formatted(seconds / 60, seconds % 60);
  }
}
