package semigan.tensor.ops;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Random geometries of windows sliding over small images. */
final class Windows {
  private static final int CASES = 12;

  private Windows() {}

  /** A window, and sizes that it fits. */
  record Case(int batch, int height, int width, int in, int out, int kh, int kw, Window window) {
    int outHeight() {
      return (height + window.padTop() + window.padBottom() - kh) / window.strideHeight() + 1;
    }

    int outWidth() {
      return (width + window.padLeft() + window.padRight() - kw) / window.strideWidth() + 1;
    }
  }

  /** Different sizes, strides and paddings on each side; padding is smaller than the kernel. */
  static Stream<Case> cases() {
    return IntStream.range(0, CASES).mapToObj(seed -> random(new Random(seed)));
  }

  private static Case random(Random random) {
    int kh = 1 + random.nextInt(4);
    int kw = 1 + random.nextInt(4);
    return new Case(
        1 + random.nextInt(3),
        kh + random.nextInt(5),
        kw + random.nextInt(5),
        1 + random.nextInt(4),
        1 + random.nextInt(4),
        kh,
        kw,
        new Window(
            1 + random.nextInt(3),
            1 + random.nextInt(3),
            random.nextInt(kh),
            random.nextInt(kw),
            random.nextInt(kh),
            random.nextInt(kw)));
  }
}
