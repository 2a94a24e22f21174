package semigan.gan.train;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import semigan.gan.store.EventFile;
import semigan.gan.store.MetricsLog;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;

/**
 * Where a run's measurements go: into {@code metrics.jsonl}, to TensorBoard, and past a {@link
 * TrainingMonitor}, whose warnings are recorded and said.
 */
final class RunRecorder implements Closeable {
  /** What is measured of both networks, or of real and generated images, is shown together. */
  private static final Pattern GROUPED =
      Pattern.compile("(loss|score|gradientNorm|diversity)(\\p{Upper}\\w*)");

  private final MetricsLog metrics;
  private final EventFile events;
  private final TrainingMonitor monitor = new TrainingMonitor();
  private final TrainingListener listener;

  /**
   * @param first how many steps are done: what was recorded of later ones is dropped
   * @throws StoreException if the folder cannot be written, or its metrics are damaged
   */
  RunRecorder(RunFolder folder, long first, TrainingListener listener) {
    this.listener = listener;
    metrics = MetricsLog.resume(folder.metrics(), first);
    try {
      MetricsLog.read(folder.metrics()).forEach(monitor::watch);
      events = EventFile.create(folder.path(), first + 1);
    } catch (StoreException e) {
      metrics.close();
      throw e;
    }
  }

  /**
   * Records what was measured after {@code step}.
   *
   * @param values numbers by name
   * @throws StoreException if it cannot be written; earlier records are intact
   */
  void record(long step, Map<String, ? extends Number> values) {
    metrics.append(step, values);
    Map<String, Number> tagged = new LinkedHashMap<>();
    values.forEach((name, value) -> tagged.put(tag(name), value));
    events.scalars(step, tagged);
    Map<String, Object> record = new LinkedHashMap<>(values);
    record.put("step", step);
    for (String warning : monitor.watch(record)) {
      warn(step, warning);
      listener.message("step %d: warning: %s".formatted(step, warning));
    }
  }

  /** {@code lossReal} to {@code loss/real}. */
  private static String tag(String name) {
    var match = GROUPED.matcher(name);
    return match.matches()
        ? match.group(1)
            + "/"
            + Character.toLowerCase(match.group(2).charAt(0))
            + match.group(2).substring(1)
        : name;
  }

  /** Records something that a person should know of. */
  void warn(long step, String warning) {
    metrics.warn(step, warning);
  }

  /** Shows a picture that was written after {@code step}. */
  void picture(long step, String name, Path png) {
    try {
      events.image(step, name, Files.readAllBytes(png));
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be read: %s".formatted(png, StoreException.reason(e)), e);
    }
  }

  @Override
  public void close() {
    metrics.close();
    events.close();
  }
}
