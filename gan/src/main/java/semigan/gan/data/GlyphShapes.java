package semigan.gan.data;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * How each digit is written: a few ways for each, every way a few strokes of the pen.
 *
 * <p>A way is a path in the notation of SVG, of the commands M (lift the pen and move), L (line)
 * and C (cubic Bézier) with absolute coordinates in a box of 100 by 100 whose origin is top left.
 */
final class GlyphShapes {
  /** One stroke: [points][x, y] in [-0.5, 0.5], an anchor, then two controls and an anchor each. */
  record Stroke(float[][] points) {
    int curves() {
      return points.length / 3;
    }
  }

  private static final String[][] PATHS = {
    {
      "M 54 4 C 26 2 14 28 14 52 C 14 78 30 97 52 96 C 76 95 87 72 86 48 C 85 22 72 4 50 5",
      "M 60 8 C 34 0 22 30 22 54 C 22 80 34 96 52 96 C 70 96 79 74 78 48 C 77 22 66 2 44 9",
    },
    {
      "M 50 4 L 50 96",
      "M 30 26 C 38 20 46 12 53 4 L 53 96",
      "M 30 24 L 52 5 L 52 95 M 28 95 L 76 95",
    },
    {
      "M 16 28 C 20 -4 84 -4 82 30 C 80 56 36 72 14 94 L 86 94",
      "M 18 22 C 32 -4 82 0 78 32 C 74 58 42 74 26 90 C 8 104 8 72 30 82 C 52 92 66 98 88 86",
    },
    {
      "M 17 16 C 32 -2 80 0 78 26 C 76 44 58 48 42 48 C 62 48 86 52 84 73 C 82 102 30 102 14 82",
      "M 18 6 L 80 6 L 46 42 C 74 38 90 58 84 76 C 76 102 30 100 14 84",
    },
    {
      "M 66 96 L 66 4 L 12 66 L 90 66",
      "M 32 4 C 28 28 22 44 14 60 L 88 60 M 68 24 L 64 96",
      "M 22 6 C 18 28 14 50 30 54 C 50 58 66 52 76 44 M 78 6 L 74 96",
    },
    {
      "M 82 6 L 30 6 L 22 46 C 42 32 86 36 84 66 C 82 102 30 102 14 84",
      "M 28 8 L 26 46 C 46 34 84 40 82 68 C 80 100 32 102 16 86 M 28 8 L 82 6",
    },
    {
      "M 70 4 C 38 18 16 48 18 72 C 20 104 82 104 82 70 C 82 42 32 42 20 70",
      "M 40 4 C 26 30 16 54 20 74 C 26 104 80 102 78 72 C 76 48 36 48 22 76",
    },
    {
      "M 14 8 L 84 8 C 66 36 50 64 42 96",
      "M 14 8 L 84 8 C 66 36 50 64 42 96 M 30 52 L 76 52",
      "M 14 24 L 16 8 L 82 8 C 72 36 58 66 50 96",
    },
    {
      "M 76 20 C 66 -4 22 -2 24 25 C 26 48 82 50 82 76 C 80 104 18 104 18 76 C 18 50 76 46 76 20",
      "M 50 4 C 20 4 20 46 50 47 C 80 46 80 4 50 4 M 50 47 C 8 50 8 96 50 96 C 92 96 92 50 50 47",
    },
    {
      "M 78 30 C 74 -4 18 -4 18 30 C 18 58 72 60 79 28 C 82 56 74 80 62 96",
      "M 76 24 C 66 -4 16 2 20 32 C 24 60 72 52 77 20 L 76 96",
      "M 79 26 C 70 -4 20 0 20 30 C 22 58 74 56 79 26 C 84 70 80 96 52 96 C 36 96 28 90 24 84",
    },
  };

  private static final List<List<List<Stroke>>> WAYS = parseAll();

  private GlyphShapes() {}

  /** The ways of writing one digit; never empty. */
  static List<List<Stroke>> ways(int digit) {
    return WAYS.get(digit);
  }

  private static List<List<List<Stroke>>> parseAll() {
    List<List<List<Stroke>>> digits = new ArrayList<>();
    for (String[] paths : PATHS) {
      List<List<Stroke>> ways = new ArrayList<>();
      for (String path : paths) {
        ways.add(parse(path));
      }
      digits.add(List.copyOf(ways));
    }
    return List.copyOf(digits);
  }

  private static List<Stroke> parse(String path) {
    List<Stroke> strokes = new ArrayList<>();
    List<float[]> points = new ArrayList<>();
    StringTokenizer tokens = new StringTokenizer(path);
    while (tokens.hasMoreTokens()) {
      String command = tokens.nextToken();
      switch (command) {
        case "M" -> {
          addStroke(strokes, points);
          points.add(point(tokens));
        }
        case "L" -> addLine(points, point(tokens));
        case "C" -> {
          for (int i = 0; i < 3; i++) {
            points.add(point(tokens));
          }
        }
        default -> throw new IllegalArgumentException("no path command: " + command);
      }
    }
    addStroke(strokes, points);
    return List.copyOf(strokes);
  }

  private static void addStroke(List<Stroke> strokes, List<float[]> points) {
    if (!points.isEmpty()) {
      strokes.add(new Stroke(points.toArray(float[][]::new)));
      points.clear();
    }
  }

  /** A line is the cubic whose controls lie at its thirds. */
  private static void addLine(List<float[]> points, float[] to) {
    float[] from = points.get(points.size() - 1);
    for (int third = 1; third <= 2; third++) {
      float t = third / 3f;
      points.add(new float[] {from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])});
    }
    points.add(to);
  }

  private static float[] point(StringTokenizer tokens) {
    float x = Float.parseFloat(tokens.nextToken());
    float y = Float.parseFloat(tokens.nextToken());
    return new float[] {x / 100 - 0.5f, y / 100 - 0.5f};
  }
}
