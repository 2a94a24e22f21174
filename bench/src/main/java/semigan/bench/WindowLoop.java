package semigan.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Runs a step in timed windows, one for each line that arrives, and answers each with one line of
 * JSON. Between windows it waits for input, so a driver can alternate two processes and compare
 * them under the same conditions ({@code bench/peers.sh}).
 */
public final class WindowLoop {
  /** Untimed steps at the start of every window: the other process had the caches and the cores. */
  private static final int RESUME_STEPS = 2;

  /** So many timed steps have one more that is not: a window of many is one of short ones. */
  private static final int STEPS_PER_RESUME_STEP = 5;

  /** Short steps take more of them until all that matters is compiled. */
  private static final long WARM_UP_NANOS = 10_000_000_000L;

  private WindowLoop() {}

  /**
   * Warms up, then answers every line of {@code in} with a window of {@link Workload#steps()}
   * steps, until the input ends.
   *
   * @param peer name of what is measured, for the answer
   * @param step does {@link Workload#batch()} images, or queues that for the device
   * @param finish returns when everything queued is done; part of a window's time
   */
  public static void serve(
      String peer,
      Workload workload,
      Runnable step,
      Runnable finish,
      InputStream in,
      PrintStream out)
      throws IOException {
    warmUp(step, workload.warmUp());
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    while (lines.readLine() != null) {
      repeat(step, Math.max(RESUME_STEPS, workload.steps() / STEPS_PER_RESUME_STEP));
      finish.run();
      long start = System.nanoTime();
      repeat(step, workload.steps());
      finish.run();
      double ms = (System.nanoTime() - start) / 1e6 / workload.steps();
      out.println(answer(peer, workload, ms));
      out.flush();
    }
  }

  private static void warmUp(Runnable step, int steps) {
    long start = System.nanoTime();
    for (int i = 0; i < steps || System.nanoTime() - start < WARM_UP_NANOS; i++) {
      step.run();
    }
  }

  private static void repeat(Runnable step, int times) {
    for (int i = 0; i < times; i++) {
      step.run();
    }
  }

  private static String answer(String peer, Workload w, double ms) {
    return String.format(
        Locale.ROOT,
        "{\"peer\":\"%s\",\"task\":\"%s\",\"mode\":\"%s\",\"batch\":%d,\"image\":\"%dx%dx%d\","
            + "\"width\":%d,\"ms\":%.4f,\"images_per_s\":%.1f}",
        peer,
        w.task(),
        w.mode(),
        w.batch(),
        w.size(),
        w.size(),
        w.channels(),
        w.width(),
        ms,
        w.batch() / ms * 1e3);
  }
}
