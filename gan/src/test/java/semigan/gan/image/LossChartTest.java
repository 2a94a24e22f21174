package semigan.gan.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.image.LossChart.Panel;
import semigan.gan.image.LossChart.Series;

class LossChartTest {
  /** The first two of the chart's colours. */
  private static final int FIRST = 0xff0072B2;

  private static final int SECOND = 0xffD55E00;

  @TempDir Path folder;

  @Test
  void eachSeriesIsALineInItsPanel() throws IOException {
    var losses = new LinkedHashMap<String, Series>();
    losses.put("discriminator", series(5000, x -> 0.3 + Math.exp(-x / 800)));
    losses.put("generator", series(5000, x -> 1.5 - Math.exp(-x / 500)));
    BufferedImage chart =
        draw(
            Map.of(
                Panel.LOSS, losses,
                Panel.SCORE, Map.of("real", series(5000, x -> 0.6)),
                Panel.ERROR, Map.of("held out", series(5000, x -> 0.9 * Math.exp(-x / 900))),
                Panel.GRADIENT, Map.of("generator", series(5000, x -> 1e3 * Math.exp(-x / 500)))));
    assertEquals(900, chart.getWidth());
    assertEquals(1030, chart.getHeight());
    assertTrue(count(chart, FIRST, 0, 340) > 300, "a line above");
    assertTrue(count(chart, SECOND, 0, 340) > 300, "a second line above");
    for (int top = 340; top < 1030; top += 230) {
      assertTrue(count(chart, FIRST, top, top + 230) > 300, "a line from " + top);
    }
    assertEquals(0, count(chart, SECOND, 340, 1030), "and nothing else below");
  }

  @Test
  void aPanelWithoutPointsIsLeftOut() throws IOException {
    BufferedImage chart =
        draw(
            Map.of(
                Panel.LOSS, Map.of("loss", new Series(new double[0], new double[0])),
                Panel.SCORE, Map.of(),
                Panel.ERROR, Map.of("held out", series(100, x -> 0.1))));
    assertEquals(230, chart.getHeight());
    assertTrue(count(chart, FIRST, 0, 230) > 300);
    assertEquals(340, draw(Map.of()).getHeight(), "an empty picture");
  }

  @Test
  void valuesThatAreNotNumbersLeaveAPointOut() throws IOException {
    var broken = new Series(new double[] {1, 2, 3, 4}, new double[] {1, Double.NaN, 1 / 0.0, 2});
    assertTrue(count(draw(Map.of(Panel.LOSS, Map.of("loss", broken))), FIRST, 0, 340) > 300);
    var zero = new Series(new double[] {1, 2, 3, 4}, new double[] {1, 0, -1, 2});
    assertTrue(count(draw(Map.of(Panel.GRADIENT, Map.of("norm", zero))), FIRST, 0, 230) > 300);
  }

  @Test
  void aSinglePointIsADot() throws IOException {
    var one = new Series(new double[] {5}, new double[] {0.5});
    for (Panel panel : Panel.values()) {
      assertTrue(count(draw(Map.of(panel, Map.of("one", one))), FIRST, 0, 200) > 10, "" + panel);
    }
  }

  @Test
  void aSeriesIsTakenFromTheRecordsThatHaveIt() {
    List<Map<String, Object>> records =
        List.of(
            Map.of("step", 1, "loss", 0.5),
            Map.of("step", 2, "accuracy", 0.9),
            Map.of("step", 3, "loss", "NaN"),
            Map.of("step", 4, "loss", 1));
    Series series = Series.of(records, "loss");
    assertArrayEquals(new double[] {1, 4}, series.steps());
    assertArrayEquals(new double[] {0.5, 1}, series.values());
    assertThrows(IllegalArgumentException.class, () -> new Series(new double[1], new double[2]));
  }

  @Test
  void theMetricsOfARunAreSortedIntoPanels() {
    List<Map<String, Object>> records =
        List.of(
            Map.of("step", 20, "lossReal", 0.5, "imagesPerSecond", 900),
            Map.of("step", 20, "scoreFake", 0.1, "gradientNormGenerator", 3.0),
            Map.of("step", 40, "testErrors", 250, "accuracy", 0.75),
            Map.of(
                "step",
                40,
                "heldOutErrors",
                25,
                "heldOutAccuracy",
                0.75,
                "warning",
                "the generator collapses"));
    assertEquals(Set.of("real"), Panel.LOSS.of(records).keySet());
    assertEquals(Set.of("fake"), Panel.SCORE.of(records).keySet());
    assertEquals(Set.of("generator"), Panel.GRADIENT.of(records).keySet());
    Map<String, Series> errors = Panel.ERROR.of(records);
    assertEquals(Set.of("test", "held out"), errors.keySet());
    errors.values().forEach(each -> assertArrayEquals(new double[] {0.25}, each.values()));
  }

  /** Runs from before there were scores and gradients have losses and accuracies. */
  @Test
  void theMetricsOfAnOldRunAreDrawn() throws IOException {
    var records = new ArrayList<Map<String, Object>>();
    for (int step = 10; step < 500; step += 10) {
      records.add(Map.of("step", step, "lossReal", 10.0 / step, "imagesPerSecond", 900));
    }
    records.add(Map.of("step", 250, "accuracy", 0.5));
    records.add(Map.of("step", 500, "accuracy", 0.7));
    Path png = folder.resolve("loss.png");
    assertTrue(LossChart.write(png, records));
    BufferedImage chart = ImageIO.read(png.toFile());
    assertEquals(570, chart.getHeight());
    assertTrue(count(chart, FIRST, 0, 320) > 300, "the loss above");
    assertTrue(count(chart, FIRST, 340, 540) > 300, "the error below");
    assertEquals(0, count(chart, SECOND, 0, 570), "and nothing else");
  }

  private BufferedImage draw(Map<Panel, Map<String, Series>> panels) throws IOException {
    Path png = folder.resolve("loss.png");
    assertTrue(LossChart.write(png, panels), "this system has no fonts");
    return ImageIO.read(png.toFile());
  }

  private static Series series(int points, DoubleUnaryOperator function) {
    var random = new Random(1);
    double[] x = new double[points];
    double[] y = new double[points];
    for (int i = 0; i < points; i++) {
      x[i] = i;
      y[i] = function.applyAsDouble(i) * (1 + 0.05 * random.nextGaussian());
    }
    return new Series(x, y);
  }

  private static int count(BufferedImage image, int argb, int top, int bottom) {
    int count = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += distance(image.getRGB(x, y), argb) < 120 ? 1 : 0;
      }
    }
    return count;
  }

  /** Sum over the channels; the edges of a line are paler than its colour. */
  private static int distance(int a, int b) {
    int sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
      sum += Math.abs((a >> shift & 0xff) - (b >> shift & 0xff));
    }
    return sum;
  }
}
