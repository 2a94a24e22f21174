package semigan.gan.image;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;

/** How the project's charts look. */
public final class ChartStyle {
  /** Distinct also to the colour-blind; source: Okabe and Ito, Color Universal Design, 2008. */
  public static final List<Color> COLOURS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9));

  private ChartStyle() {}

  /** Dark text, pale lines across, the legend below, whole numbers with commas on the x axis. */
  public static void apply(XYStyler styler) {
    Color ink = new Color(0x333333);
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    styler
        .setSeriesColors(COLOURS.toArray(Color[]::new))
        .setChartBackgroundColor(Color.WHITE)
        .setChartFontColor(ink)
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setLegendLayout(Styler.LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(font)
        .setPlotBorderVisible(false)
        .setAntiAlias(true);
    styler
        .setPlotGridVerticalLinesVisible(false)
        .setAxisTitleFont(font)
        .setAxisTickLabelsFont(font);
    styler
        .setPlotGridLinesColor(new Color(0xE4E4E4))
        .setPlotGridLinesStroke(new BasicStroke(1))
        .setAxisTickLabelsColor(ink)
        .setAxisTickMarksColor(new Color(0xBBBBBB));
    styler.setXAxisDecimalPattern("#,##0").setLocale(Locale.ROOT);
  }

  /** A line of the project's charts. */
  public static BasicStroke line() {
    return dashed(null);
  }

  /**
   * @param dashes lengths of dashes and gaps in pixels, or null for a whole line
   */
  public static BasicStroke dashed(float[] dashes) {
    return new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, dashes, 0);
  }
}
