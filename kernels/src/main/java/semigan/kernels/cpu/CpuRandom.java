package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import semigan.kernels.Buffer;
import semigan.kernels.RandomKernels;

/** Random numbers, a tile of draws at a time. */
final class CpuRandom implements RandomKernels, AutoCloseable {
  private static final int WORTH_SHARING = 1 << 13;

  /** Draws that start with a block, of which a kernel takes the part that it was asked for. */
  private interface Source {
    void draw(DrawTile tile, long block, float[] target);
  }

  /** What is done with the draws of some elements. */
  private interface Body {
    /**
     * @param draws one for each element
     * @param values an array as long, of this part's own
     * @param from index of the first element
     * @param count number of elements
     */
    void run(float[] draws, float[] values, int from, int count);
  }

  /** A part's own memory. */
  private record Bench(DrawTile tile, float[] draws, float[] values) {
    static Bench make() {
      return new Bench(new DrawTile(), new float[DrawTile.SIZE], new float[DrawTile.SIZE]);
    }
  }

  private final Workers workers;
  private final Widening widening;
  private final Bench[] benches;

  CpuRandom(Workers workers, Widening widening) {
    this.workers = workers;
    this.widening = widening;
    benches = new Bench[workers.threads()];
    for (int i = 0; i < benches.length; i++) {
      benches[i] = Bench.make();
    }
  }

  @Override
  public void advance(Buffer offset) {
    IntBuffer words = CpuBuffer.of(offset).ints();
    long next = offsetOf(offset) + 1;
    words.put(0, (int) next);
    words.put(1, (int) (next >>> 32));
  }

  @Override
  public void uniform(Key key, Buffer offset, long first, float low, float high, Buffer y) {
    fill(uniforms(key, offset), first, low, high - low, y);
  }

  @Override
  public void normal(Key key, Buffer offset, long first, float mean, float deviation, Buffer y) {
    fill(normals(key, offset), first, mean, deviation, y);
  }

  private void fill(Source source, long first, float shift, float scale, Buffer y) {
    try (var wide = widening.open()) {
      FloatBuffer target = wide.writing(y).floats();
      forEach(
          source,
          first,
          target.capacity(),
          (draws, values, from, count) -> {
            for (int i = 0; i < count; i++) {
              values[i] = shift + scale * draws[i];
            }
            target.put(from, values, 0, count);
          });
    }
  }

  @Override
  public void noise(Key key, Buffer offset, long first, float deviation, Buffer x, Buffer y) {
    change(
        normals(key, offset),
        first,
        x,
        y,
        (draws, values, from, count) -> {
          for (int i = 0; i < count; i++) {
            values[i] += deviation * draws[i];
          }
        });
  }

  @Override
  public void dropout(Key key, Buffer offset, long first, float rate, Buffer x, Buffer y) {
    float kept = 1 / (1 - rate);
    change(
        uniforms(key, offset),
        first,
        x,
        y,
        (draws, values, from, count) -> {
          for (int i = 0; i < count; i++) {
            values[i] = draws[i] >= rate ? values[i] * kept : 0;
          }
        });
  }

  /** {@code y} becomes what {@code change} makes of {@code x}, which it finds in its values. */
  private void change(Source source, long first, Buffer x, Buffer y, Body change) {
    try (var wide = widening.open()) {
      FloatBuffer input = wide.reading(x).floats();
      FloatBuffer target = wide.writing(y).floats();
      forEach(
          source,
          first,
          target.capacity(),
          (draws, values, from, count) -> {
            input.get(from, values, 0, count);
            change.run(draws, values, from, count);
            target.put(from, values, 0, count);
          });
    }
  }

  private static Source uniforms(Key key, Buffer offset) {
    long now = offsetOf(offset);
    return (tile, block, target) -> tile.uniform(key, now, block, target);
  }

  private static Source normals(Key key, Buffer offset) {
    long now = offsetOf(offset);
    return (tile, block, target) -> tile.normal(key, now, block, target);
  }

  private static long offsetOf(Buffer offset) {
    IntBuffer words = CpuBuffer.of(offset).ints();
    return (words.get(0) & 0xFFFFFFFFL) | (long) words.get(1) << 32;
  }

  private void forEach(Source source, long first, int length, Body body) {
    int ahead = (int) (first % DrawTile.LANES);
    int count = (ahead + length + DrawTile.SIZE - 1) / DrawTile.SIZE;
    Workers.Part part =
        (thread, begin, end) -> {
          Bench bench = benches[thread];
          for (int tile = begin; tile < end; tile++) {
            int at = tile * DrawTile.SIZE - ahead;
            int from = Math.max(at, 0);
            int to = Math.min(at + DrawTile.SIZE, length);
            long block = first / DrawTile.LANES + (long) tile * (DrawTile.SIZE / DrawTile.LANES);
            source.draw(bench.tile(), block, bench.draws());
            if (from > at) {
              System.arraycopy(bench.draws(), from - at, bench.draws(), 0, to - from);
            }
            body.run(bench.draws(), bench.values(), from, to - from);
          }
        };
    if (length < WORTH_SHARING) {
      part.run(0, 0, count);
    } else {
      workers.share(count, part);
    }
  }

  @Override
  public void close() {
    for (Bench bench : benches) {
      bench.tile().close();
    }
  }
}
