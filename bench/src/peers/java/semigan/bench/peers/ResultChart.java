package semigan.bench.peers;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import semigan.bench.peers.Result.Measured;
import semigan.gan.image.ChartStyle;

/** Images a second over the batch at 32x32x1: one panel for each task and mode. */
final class ResultChart {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 400;
  private static final List<String> TASKS = List.of("train-step", "generate");
  private static final List<String> MODES = List.of("f32", "bf16");

  private static final Color FLOOR_COLOUR = new Color(0x999999);

  private ResultChart() {}

  /** Draws what the results have of it. */
  static void write(Path png, List<Result> results) throws IOException {
    System.setProperty("java.awt.headless", "true");
    List<String> modes =
        MODES.stream()
            .filter(mode -> results.stream().anyMatch(r -> r.parsedRow().mode().equals(mode)))
            .toList();
    int width = modes.size() * WIDTH;
    int height = TASKS.size() * HEIGHT;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    for (int row = 0; row < TASKS.size(); row++) {
      for (int column = 0; column < modes.size(); column++) {
        XYChart panel = panel(TASKS.get(row), modes.get(column), results);
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
    boolean isFloor = peer == Peer.FLOOR;
    Color colour = isFloor ? FLOOR_COLOUR : ChartStyle.COLOURS.get(peer.ordinal());
    series.setMarkerColor(colour);
    series.setLineColor(colour);
    series.setMarker(isFloor ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
    series.setLineStyle(isFloor ? ChartStyle.dashed(new float[] {6, 4}) : ChartStyle.line());
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
    ChartStyle.apply(styler);
    styler.setChartTitleFont(styler.getAxisTitleFont());
    styler.setYAxisMin(0.0).setYAxisDecimalPattern("#,##0");
    styler.setxAxisTickLabelsFormattingFunction(ResultChart::batchAt);
  }
}
