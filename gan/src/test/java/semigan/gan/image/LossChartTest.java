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
import java.util.function.DoubleUnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.image.LossChart.Series;

class LossChartTest {
  /** The first two of the chart's colours. */
  private static final int FIRST = 0xff0072B2;

  private static final int SECOND = 0xffD55E00;

  @TempDir Path folder;

  @Test
  void eachSeriesIsALineInItsPartOfThePicture() throws IOException {
    var losses = new LinkedHashMap<String, Series>();
    losses.put("discriminator", series(5000, x -> 0.3 + Math.exp(-x / 800)));
    losses.put("generator", series(5000, x -> 1.5 - Math.exp(-x / 500)));
    BufferedImage chart =
        draw(losses, Map.of("test accuracy", series(5000, x -> 1 - 0.9 * Math.exp(-x / 900))));
    assertEquals(900, chart.getWidth());
    assertEquals(600, chart.getHeight());
    assertTrue(count(chart, FIRST, 0, 360) > 300, "a line above");
    assertTrue(count(chart, SECOND, 0, 360) > 300, "a second line above");
    assertTrue(count(chart, FIRST, 360, 600) > 300, "a line below");
  }

  @Test
  void lossesAloneTakeTheWholePicture() throws IOException {
    BufferedImage chart = draw(Map.of("loss", series(100, x -> x)), Map.of());
    assertTrue(count(chart, FIRST, 400, 600) > 50);
  }

  @Test
  void valuesThatAreNotNumbersLeaveAPointOut() throws IOException {
    var broken = new Series(new double[] {1, 2, 3, 4}, new double[] {1, Double.NaN, 1 / 0.0, 2});
    BufferedImage chart = draw(Map.of("loss", broken), Map.of());
    assertTrue(count(chart, FIRST, 0, 600) > 300);
  }

  @Test
  void emptyAndSinglePointSeriesDraw() throws IOException {
    var empty = new Series(new double[0], new double[0]);
    draw(Map.of("loss", empty), Map.of("accuracy", empty));
    var one = new Series(new double[] {5}, new double[] {0.5});
    BufferedImage chart = draw(Map.of("loss", one), Map.of("accuracy", one));
    assertTrue(count(chart, FIRST, 0, 300) > 10);
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
  void theMetricsOfARunAreSortedIntoLossesAndAccuracies() throws IOException {
    var records = new ArrayList<Map<String, Object>>();
    for (int step = 10; step < 500; step += 10) {
      records.add(Map.of("step", step, "lossReal", 10.0 / step, "imagesPerSecond", 900));
    }
    records.add(Map.of("step", 250, "accuracy", 0.5));
    records.add(Map.of("step", 500, "accuracy", 0.7));
    Path png = folder.resolve("loss.png");
    assertTrue(LossChart.write(png, records));
    BufferedImage chart = ImageIO.read(png.toFile());
    assertTrue(count(chart, FIRST, 0, 340) > 300, "the loss above");
    assertTrue(count(chart, FIRST, 360, 560) > 300, "the accuracy below");
    assertEquals(0, count(chart, SECOND, 0, 600), "and nothing else");
  }

  private BufferedImage draw(Map<String, Series> losses, Map<String, Series> accuracies)
      throws IOException {
    Path png = folder.resolve("loss.png");
    assertTrue(LossChart.write(png, losses, accuracies), "this system has no fonts");
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
