package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;

/**
 * An operand in a device's memory, as a window inside a larger buffer whose margins hold canaries:
 * a kernel that writes outside its window changes one.
 */
final class Placed {
  /** Whether windows begin where a vector load likes it, or only at some element. */
  enum Layout {
    ALIGNED,
    SHIFTED
  }

  private static final int ALIGNMENT = 64;
  private static final int MARGIN = 64;

  /** Exact in every floating-point type, and far from anything a test computes. */
  private static final double CANARY = -0x1.8p70;

  private static final int WHOLE_CANARY = 0x5CA1AB1E;

  private final Backend backend;
  private final Operand operand;
  private final Buffer whole;
  private final int from;

  /**
   * @param type how this backend is to store it
   * @param before what it holds: the operand's own elements, or others in their place
   */
  Placed(Backend backend, Operand operand, DType type, double[] before, Layout layout) {
    this.backend = backend;
    this.operand = operand;
    int shift = layout == Layout.SHIFTED ? 1 + operand.length() % 3 : 0;
    this.from = ALIGNMENT / type.bytes() + shift;
    double[] content = new double[from + before.length + MARGIN];
    Arrays.fill(content, canary(type));
    System.arraycopy(before, 0, content, from, before.length);
    this.whole = backend.allocate(type, content.length);
    write(content);
  }

  Buffer window() {
    return whole.slice(from, operand.length());
  }

  /** The elements after the call; fails if a canary has changed. */
  double[] read() {
    double[] content = new double[(int) whole.length()];
    if (whole.type() == DType.I32) {
      int[] words = new int[content.length];
      backend.read(whole, words, 0);
      Arrays.setAll(content, i -> words[i]);
    } else {
      backend.read(whole, content, 0);
    }
    int to = from + operand.length();
    for (int i = 0; i < content.length; i++) {
      if (i < from || i >= to) {
        assertEquals(
            canary(whole.type()),
            content[i],
            "%s: written outside: at %d of %s".formatted(backend.name(), i - from, operand));
      }
    }
    return Arrays.copyOfRange(content, from, to);
  }

  void release() {
    backend.release(whole);
  }

  private void write(double[] content) {
    if (whole.type() == DType.I32) {
      backend.write(Arrays.stream(content).mapToInt(value -> (int) value).toArray(), 0, whole);
    } else {
      backend.write(content, 0, whole);
    }
  }

  private static double canary(DType type) {
    return type == DType.I32 ? WHOLE_CANARY : CANARY;
  }
}
