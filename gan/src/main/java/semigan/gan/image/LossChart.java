package semigan.gan.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * How a training run went, as a picture: {@link Panel}s one above the other, over the same steps.
 */
public final class LossChart {
  private static final int WIDTH = 900;

  /** More points than this are averaged in groups: a pixel shows no more, and noise hides less. */
  private static final int MAX_POINTS = 300;

  /** A part of the picture, and which of a record's values it shows. */
  public enum Panel {
    /** {@code loss...} */
    LOSS("loss", 340, Pattern.compile("loss(.+)")),
    /** {@code score...}: how real the discriminator finds images, between 0 and 1. */
    SCORE("score", 230, Pattern.compile("score(.+)")),
    /** What is missing to 1 from {@code accuracy} on the test images, and {@code ...Accuracy}. */
    ERROR("error", 230, Pattern.compile("(.*)[aA]ccuracy")),
    /** {@code gradientNorm...}, on a logarithmic axis. */
    GRADIENT("gradient norm", 230, Pattern.compile("gradientNorm(.+)"));

    private final String axis;
    private final int height;
    private final Pattern keys;

    Panel(String axis, int height, Pattern keys) {
      this.axis = axis;
      this.height = height;
      this.keys = keys;
    }

    /** The series of {@code records} that belong here, by name, in the order of their beginning. */
    Map<String, Series> of(List<Map<String, Object>> records) {
      var series = new LinkedHashMap<String, Series>();
      records.stream()
          .flatMap(r -> r.keySet().stream())
          .distinct()
          .forEach(
              key -> {
                Matcher match = keys.matcher(key);
                if (match.matches()) {
                  Series values = Series.of(records, key);
                  series.put(
                      match.group(1).isEmpty() ? "test" : label(match.group(1)),
                      this == ERROR ? values.map(accuracy -> 1 - accuracy) : values);
                }
              });
      return series;
    }

    /** {@code HeldOut} to {@code held out}. */
    private static String label(String key) {
      return key.replaceAll("(?<=.)(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
  }

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

    private Series map(DoubleUnaryOperator function) {
      return new Series(steps, Arrays.stream(values).map(function).toArray());
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
   * Draws what a run's metrics hold; a panel of which they hold nothing is left out.
   *
   * @param records as {@link semigan.gan.store.MetricsLog#read} gives them
   * @return as {@link #write(Path, Map)}
   */
  public static boolean write(Path png, List<Map<String, Object>> records) {
    var panels = new EnumMap<Panel, Map<String, Series>>(Panel.class);
    for (Panel panel : Panel.values()) {
      panels.put(panel, panel.of(records));
    }
    return write(png, panels);
  }

  /**
   * Draws the chart, 900 pixels wide.
   *
   * @param panels the series of each by name, in the order of the legend; empty ones are left out
   * @return false if this Java cannot draw text, because the system has no fonts; nothing is then
   *     written
   * @throws semigan.gan.store.StoreException if the file cannot be written
   */
  public static boolean write(Path png, Map<Panel, Map<String, Series>> panels) {
    var drawn = new EnumMap<Panel, Map<String, Series>>(Panel.class);
    panels.forEach(
        (panel, series) -> {
          Map<String, Series> points = forDrawing(panel, series);
          if (!points.isEmpty()) {
            drawn.put(panel, points);
          }
        });
    int height = drawn.keySet().stream().mapToInt(panel -> panel.height).sum();
    BufferedImage image =
        new BufferedImage(
            WIDTH, height == 0 ? Panel.LOSS.height : height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, WIDTH, image.getHeight());
      double lastStep = drawn.values().stream().mapToDouble(LossChart::lastStep).max().orElse(1);
      drawn.forEach(
          (panel, series) -> {
            chart(panel, series, lastStep).paint(graphics, WIDTH, panel.height);
            graphics.translate(0, panel.height);
          });
    } catch (LinkageError | InternalError e) {
      return false;
    } finally {
      graphics.dispose();
    }
    ImageCodec.writePng(png, image);
    return true;
  }

  private static Map<String, Series> forDrawing(Panel panel, Map<String, Series> series) {
    var drawn = new LinkedHashMap<String, Series>();
    series.forEach(
        (name, all) -> {
          // A logarithmic axis has no place for 0.
          Series points =
              (panel == Panel.GRADIENT ? all.map(norm -> norm > 0 ? norm : Double.NaN) : all)
                  .forDrawing();
          if (points.steps().length > 0) {
            drawn.put(name, points);
          }
        });
    return drawn;
  }

  private static double lastStep(Map<String, Series> series) {
    return series.values().stream().flatMapToDouble(s -> Arrays.stream(s.steps())).max().orElse(1);
  }

  private static XYChart chart(Panel panel, Map<String, Series> series, double lastStep) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(panel.height)
            .xAxisTitle("step")
            .yAxisTitle(panel.axis)
            .build();
    XYStyler styler = chart.getStyler();
    ChartStyle.apply(styler);
    styler.setXAxisMin(0.0).setXAxisMax(lastStep);
    switch (panel) {
      case LOSS -> {}
      case SCORE -> styler.setYAxisMin(0.0).setYAxisMax(1.0);
      case ERROR -> styler.setYAxisDecimalPattern("0.##%");
      case GRADIENT -> styler.setYAxisLogarithmic(true);
    }
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
