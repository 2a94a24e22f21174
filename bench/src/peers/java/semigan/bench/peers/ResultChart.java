package semigan.bench.peers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import semigan.bench.peers.Result.Measured;

/** Images a second over the batch at 32x32x1: one panel for each task and mode. */
final class ResultChart {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 400;
  private static final List<String> TASKS = List.of("train-step", "generate");
  private static final List<String> MODES = List.of("f32", "bf16");

  /** Distinct also to the colour-blind; source: Okabe and Ito, Color Universal Design, 2008. */
  private static final Map<Peer, Color> COLOURS =
      Map.of(
          Peer.OURS, new Color(0x0072B2),
          Peer.LIBTORCH, new Color(0xD55E00),
          Peer.DL4J, new Color(0x009E73),
          Peer.FLOOR, new Color(0x999999));

  private ResultChart() {}

  /** Draws what the results have of it. */
  static void write(Path png, List<Result> results) throws IOException {
    System.setProperty("java.awt.headless", "true");
    int width = MODES.size() * WIDTH;
    int height = TASKS.size() * HEIGHT;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    for (int row = 0; row < TASKS.size(); row++) {
      for (int column = 0; column < MODES.size(); column++) {
        XYChart panel = panel(TASKS.get(row), MODES.get(column), results);
        graphics.translate(column * WIDTH, row * HEIGHT);
        panel.paint(graphics, WIDTH, HEIGHT);
        graphics.translate(-column * WIDTH, -row * HEIGHT);
      }
    }
    graphics.dispose();
    File file = png.toFile();
    if (!ImageIO.write(image, "png", file)) {
      throw new IOException(png + ": this Java writes no PNG");
    }
  }

  private static XYChart panel(String task, String mode, List<Result> all) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("%s %s 32x32x1".formatted(task, mode))
            .xAxisTitle("batch")
            .yAxisTitle("images/s")
            .build();
    style(chart.getStyler());
    List<Result> results =
        all.stream()
            .filter(result -> isShown(result.parsedRow(), task, mode))
            .sorted((a, b) -> a.parsedRow().batch() - b.parsedRow().batch())
            .toList();
    for (Peer peer : Peer.values()) {
      add(chart, peer, results);
    }
    return chart;
  }

  private static boolean isShown(Row row, String task, String mode) {
    return row.equals(new Row(task, mode, row.batch(), 32, 1, 64));
  }

  private static void add(XYChart chart, Peer peer, List<Result> results) {
    List<Result> have =
        results.stream().filter(result -> result.of(peer.toString()).isPresent()).toList();
    if (have.isEmpty()) {
      return;
    }
    // By their logarithms: XChart's own logarithmic axis knows decades only.
    double[] batches = have.stream().mapToDouble(r -> log2(r.parsedRow().batch())).toArray();
    double[] rates =
        have.stream().mapToDouble(r -> r.parsedRow().batch() / median(r, peer) * 1e3).toArray();
    String name = peer == Peer.FLOOR ? "convolutions alone" : peer.toString();
    XYSeries series = chart.addSeries(name, batches, rates);
    series.setMarkerColor(COLOURS.get(peer));
    series.setLineColor(COLOURS.get(peer));
    series.setMarker(peer == Peer.FLOOR ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
    float[] dashes = peer == Peer.FLOOR ? new float[] {6, 4} : null;
    series.setLineStyle(
        new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, dashes, 0));
  }

  private static double log2(int batch) {
    return Math.log(batch) / Math.log(2);
  }

  /** Of a place on the axis of batches; nothing between powers of 2. */
  private static String batchAt(double log2) {
    long power = Math.round(log2);
    return Math.abs(power - log2) < 1e-6 ? Long.toString(1L << power) : "";
  }

  private static double median(Result result, Peer peer) {
    Optional<Measured> measured = result.of(peer.toString());
    return measured.orElseThrow().median();
  }

  private static void style(XYStyler styler) {
    Color ink = new Color(0x333333);
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    styler
        .setChartBackgroundColor(Color.WHITE)
        .setChartFontColor(ink)
        .setChartTitleFont(font)
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setLegendLayout(Styler.LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(font)
        .setPlotBorderVisible(false)
        .setAntiAlias(true);
    styler
        .setAxisTitleFont(font)
        .setAxisTickLabelsFont(font)
        .setAxisTickLabelsColor(ink)
        .setPlotGridVerticalLinesVisible(false);
    styler.setPlotGridLinesColor(new Color(0xE4E4E4)).setYAxisMin(0.0);
    styler.setYAxisDecimalPattern("#,##0");
    styler.setxAxisTickLabelsFormattingFunction(ResultChart::batchAt);
  }
}
