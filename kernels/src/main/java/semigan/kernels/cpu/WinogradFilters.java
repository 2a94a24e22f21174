package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import semigan.kernels.DType;

/**
 * Transforms filters {@code [out, 4, 4, in]}, four phases of 2x2 taps each, to the points of {@code
 * [out, row phase, column phase, in]} and back.
 *
 * <p>The filters transformed last are kept: a training step uses each twice or more before it
 * changes, and a generator that only draws never changes its own. What is kept counts only while
 * nobody has asked for the filter's memory but to read it. Like oneDNN's working memory they lie
 * outside of the memory budget.
 */
final class WinogradFilters {
  /** Images of even or odd rows and columns. */
  private static final int PHASES = 4;

  /** Elements of a group of blocks: its arrays stay in the second cache. */
  private static final int GROUP = 1024;

  /** Elements of all that are kept together: 256 MiB. */
  private static final long MOST_ELEMENTS = 1 << 26;

  private record Key(Winograd form, long address, int in, int out) {}

  /**
   * @param points what became of a filter
   * @param version which the filter's memory had; null before there are points
   */
  private record Kept(NativeMemory memory, CpuBuffer points, NativeMemory.Version version) {
    static Kept allocate(long length) {
      var memory = new NativeMemory(length * DType.F32.bytes());
      return new Kept(memory, new CpuBuffer(DType.F32, length, memory), null);
    }

    Kept of(NativeMemory.Version other) {
      return new Kept(memory, points, other);
    }
  }

  private final Workers workers;
  private final float[][][][] workspaces;
  private final LinkedHashMap<Key, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long elements;

  WinogradFilters(Workers workers) {
    this.workers = workers;
    workspaces = new float[workers.threads()][0][0][0];
  }

  /** Elements of a transformed filter. */
  static long length(Winograd form, int in, int out) {
    return form.tilePoints() * pointStride(in, out);
  }

  /** Whether one can be kept. */
  static boolean fits(Winograd form, int in, int out) {
    return length(form, in, out) <= MOST_ELEMENTS;
  }

  private static long pointStride(int in, int out) {
    return Winograd.apart((long) PHASES * in * out);
  }

  /** The filter at the points; it stays until another is asked for. */
  CpuBuffer atPoints(Winograd form, CpuBuffer w, int in, int out) {
    Key key = new Key(form, w.address(), in, out);
    Kept entry = kept.get(key);
    if (entry == null) {
      long length = length(form, in, out);
      makeRoom(length);
      entry = Kept.allocate(length);
      kept.put(key, entry);
      elements += length;
    }
    NativeMemory.Version version = w.version();
    if (!version.equals(entry.version())) {
      // Versions never come back: if this fails half-way, the old one counts for nothing.
      transform(form, w.floats(), in, out, entry.points().floats());
      kept.put(key, entry.of(version));
    }
    return entry.points();
  }

  /** Frees those that were not used for longest. */
  private void makeRoom(long length) {
    Iterator<Kept> oldest = kept.values().iterator();
    while (elements + length > MOST_ELEMENTS && oldest.hasNext()) {
      Kept entry = oldest.next();
      oldest.remove();
      elements -= entry.points().length();
      entry.memory().free();
    }
  }

  /** Frees all that are kept. */
  void trim() {
    makeRoom(MOST_ELEMENTS);
  }

  private void transform(Winograd form, FloatBuffer w, int in, int out, FloatBuffer u) {
    int stride = (int) pointStride(in, out);
    forEachGroup(
        form,
        in,
        out,
        (first, count, d) -> {
          forEachTap(in, first, count, (r, c, at, index) -> w.get(index, d[r][c], at, 2 * in));
          form.filter(d, 2 * in * count);
          for (int r = 0; r < form.points(); r++) {
            for (int c = 0; c < form.points(); c++) {
              u.put((r * form.points() + c) * stride + 2 * in * first, d[r][c], 0, 2 * in * count);
            }
          }
        });
  }

  /** The adjoint of the transform: from a gradient at the points to that of the filter. */
  void fromPoints(Winograd form, CpuBuffer points, int in, int out, CpuBuffer gradient) {
    int stride = (int) pointStride(in, out);
    FloatBuffer u = points.floats();
    FloatBuffer w = gradient.floats();
    forEachGroup(
        form,
        in,
        out,
        (first, count, d) -> {
          for (int r = 0; r < form.points(); r++) {
            for (int c = 0; c < form.points(); c++) {
              u.get((r * form.points() + c) * stride + 2 * in * first, d[r][c], 0, 2 * in * count);
            }
          }
          form.filterBackward(d, 2 * in * count);
          forEachTap(in, first, count, (r, c, at, index) -> w.put(index, d[r][c], at, 2 * in));
        });
  }

  private interface Group {
    /**
     * @param first block: an output's taps in even rows or in odd ones, of both column phases
     * @param count of blocks
     * @param d has room for their elements at each point
     */
    void run(int first, int count, float[][][] d);
  }

  private void forEachGroup(Winograd form, int in, int out, Group body) {
    int blocks = 2 * out;
    int size = Math.max(1, GROUP / (2 * in));
    workers.share(
        (blocks + size - 1) / size,
        (thread, from, to) -> {
          float[][][] d = workspace(form, thread, size * 2 * in);
          for (int group = from; group < to; group++) {
            int first = group * size;
            body.run(first, Math.min(size, blocks - first), d);
          }
        });
  }

  /** Of the form's points at least. */
  private float[][][] workspace(Winograd form, int thread, int length) {
    float[][][] own = workspaces[thread];
    if (own.length < form.points() || own[0][0].length < length) {
      int longest = own.length == 0 ? length : Math.max(length, own[0][0].length);
      int points = Math.max(form.points(), own.length);
      own = new float[points][points][longest];
      workspaces[thread] = own;
    }
    return own;
  }

  private interface Tap {
    /**
     * @param r its row of the 2x2
     * @param c its column
     * @param at first element in the group
     * @param index of it in the filter
     */
    void run(int r, int c, int at, int index);
  }

  private static void forEachTap(int in, int first, int count, Tap body) {
    for (int i = 0; i < count; i++) {
      int output = (first + i) / 2;
      int rowPhase = (first + i) % 2;
      for (int r = 0; r < Winograd.TAPS; r++) {
        int row = 4 * output + 2 * r + rowPhase;
        for (int c = 0; c < Winograd.TAPS; c++) {
          body.run(r, c, 2 * in * i, (4 * row + 2 * c) * in);
        }
      }
    }
  }
}
