package semigan.gan.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How a training run went, as a picture: the losses above, the accuracy below. */
public final class LossChart {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 600;

  /** More points than this are averaged in groups: a pixel shows no more, and noise hides less. */
  private static final int MAX_POINTS = 300;

  /** Values over steps; a value that is not finite leaves a point out. */
  public record Series(double[] steps, double[] values) {
    public Series {
      if (steps.length != values.length) {
        throw new IllegalArgumentException(
            "%d steps but %d values".formatted(steps.length, values.length));
      }
    }

    /** The values that {@code records} hold under {@code key}, over their {@code step}. */
    public static Series of(List<Map<String, Object>> records, String key) {
      var points =
          records.stream()
              .filter(r -> r.get("step") instanceof Number && r.get(key) instanceof Number)
              .toList();
      return new Series(numbers(points, "step"), numbers(points, key));
    }

    private static double[] numbers(List<Map<String, Object>> records, String key) {
      return records.stream().mapToDouble(r -> ((Number) r.get(key)).doubleValue()).toArray();
    }

    /** Without points that cannot be drawn, and with groups of neighbours averaged. */
    private Series forDrawing() {
      int[] finite = new int[steps.length];
      int count = 0;
      for (int i = 0; i < steps.length; i++) {
        if (Double.isFinite(values[i]) && Double.isFinite(steps[i])) {
          finite[count++] = i;
        }
      }
      int points = Math.min(count, MAX_POINTS);
      double[] x = new double[points];
      double[] y = new double[points];
      for (int p = 0; p < points; p++) {
        int from = (int) ((long) count * p / points);
        int to = (int) ((long) count * (p + 1) / points);
        for (int i = from; i < to; i++) {
          x[p] += steps[finite[i]] / (to - from);
          y[p] += values[finite[i]] / (to - from);
        }
      }
      return new Series(x, y);
    }
  }

  private LossChart() {}

  /**
   * Draws what a run's metrics hold: every value whose name begins with {@code loss} above, every
   * one whose name ends with {@code accuracy} below.
   *
   * @param records as {@link semigan.gan.store.MetricsLog#read} gives them
   * @return as {@link #write(Path, Map, Map)}
   */
  public static boolean write(Path png, List<Map<String, Object>> records) {
    var losses = new LinkedHashMap<String, Series>();
    var accuracies = new LinkedHashMap<String, Series>();
    records.stream()
        .flatMap(r -> r.keySet().stream())
        .distinct()
        .forEach(
            key -> {
              if (key.startsWith("loss")) {
                losses.put(label(key), Series.of(records, key));
              } else if (key.toLowerCase(Locale.ROOT).endsWith("accuracy")) {
                accuracies.put(label(key), Series.of(records, key));
              }
            });
    return write(png, losses, accuracies);
  }

  /** {@code lossLabelled} to {@code loss labelled}. */
  private static String label(String key) {
    return key.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }

  /**
   * Draws the chart, 900 by 600 pixels.
   *
   * @param losses by name, in the order of the legend; empty ones are left out
   * @param accuracies by name, between 0 and 1; if there is none, the losses take the whole picture
   * @return false if this Java cannot draw text, because the system has no fonts; nothing is then
   *     written
   * @throws semigan.gan.store.StoreException if the file cannot be written
   */
  public static boolean write(
      Path png, Map<String, Series> losses, Map<String, Series> accuracies) {
    Map<String, Series> above = forDrawing(losses);
    Map<String, Series> below = forDrawing(accuracies);
    double lastStep = Math.max(lastStep(above), lastStep(below));
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, WIDTH, HEIGHT);
      if (!below.isEmpty()) {
        int split = above.isEmpty() ? 0 : HEIGHT * 3 / 5;
        XYChart accuracy = chart("accuracy", below, HEIGHT - split, lastStep);
        accuracy.getStyler().setYAxisDecimalPattern("0%");
        graphics.translate(0, split);
        accuracy.paint(graphics, WIDTH, HEIGHT - split);
        graphics.translate(0, -split);
      }
      if (!above.isEmpty()) {
        int height = below.isEmpty() ? HEIGHT : HEIGHT * 3 / 5;
        chart("loss", above, height, lastStep).paint(graphics, WIDTH, height);
      }
    } catch (LinkageError | InternalError e) {
      return false;
    } finally {
      graphics.dispose();
    }
    ImageCodec.writePng(png, image);
    return true;
  }

  private static Map<String, Series> forDrawing(Map<String, Series> series) {
    var drawn = new LinkedHashMap<String, Series>();
    series.forEach(
        (name, all) -> {
          Series points = all.forDrawing();
          if (points.steps().length > 0) {
            drawn.put(name, points);
          }
        });
    return drawn;
  }

  private static double lastStep(Map<String, Series> series) {
    return series.values().stream().flatMapToDouble(s -> Arrays.stream(s.steps())).max().orElse(1);
  }

  private static XYChart chart(
      String axis, Map<String, Series> series, int height, double lastStep) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .xAxisTitle("step")
            .yAxisTitle(axis)
            .build();
    ChartStyle.apply(chart.getStyler());
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(lastStep);
    series.forEach(
        (name, points) -> {
          var line = chart.addSeries(name, points.steps(), points.values());
          // A single point makes no line.
          line.setMarker(points.steps().length > 1 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
          line.setLineStyle(ChartStyle.line());
        });
    return chart;
  }
}
