package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import semigan.kernels.Buffer;
import semigan.kernels.Philox;
import semigan.kernels.RandomKernels;

/** Random numbers, a tile of draws at a time. */
final class CpuRandom implements RandomKernels {
  private static final int WORTH_SHARING = 1 << 14;
  private static final int LANES = 4;

  private final Tiles tiles;
  private final Widening widening;

  CpuRandom(Tiles tiles, Widening widening) {
    this.tiles = tiles;
    this.widening = widening;
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
    fill(new Draws(key, offsetOf(offset), false), first, low, high - low, y);
  }

  @Override
  public void normal(Key key, Buffer offset, long first, float mean, float deviation, Buffer y) {
    fill(new Draws(key, offsetOf(offset), true), first, mean, deviation, y);
  }

  private void fill(Draws draws, long first, float shift, float scale, Buffer y) {
    try (var wide = widening.open()) {
      FloatBuffer target = wide.writing(y).floats();
      tiles.forEach(
          target.capacity(),
          WORTH_SHARING,
          (tile, from, count) -> {
            float[] values = tile[0];
            draws.fill(first + from, values, count);
            for (int i = 0; i < count; i++) {
              values[i] = shift + scale * values[i];
            }
            target.put(from, values, 0, count);
          });
    }
  }

  @Override
  public void dropout(Key key, Buffer offset, long first, float rate, Buffer x, Buffer y) {
    try (var wide = widening.open()) {
      FloatBuffer source = wide.reading(x).floats();
      FloatBuffer target = wide.writing(y).floats();
      Draws draws = new Draws(key, offsetOf(offset), false);
      float kept = 1 / (1 - rate);
      tiles.forEach(
          target.capacity(),
          WORTH_SHARING,
          (tile, from, count) -> {
            float[] u = tile[0];
            float[] v = tile[1];
            draws.fill(first + from, u, count);
            source.get(from, v, 0, count);
            for (int i = 0; i < count; i++) {
              v[i] = u[i] >= rate ? v[i] * kept : 0;
            }
            target.put(from, v, 0, count);
          });
    }
  }

  private static long offsetOf(Buffer offset) {
    IntBuffer words = CpuBuffer.of(offset).ints();
    return (words.get(0) & 0xFFFFFFFFL) | (long) words.get(1) << 32;
  }

  /** Consecutive draws as floats: uniform in {@code [0, 1)}, or standard normal. */
  private record Draws(Key key, long offset, boolean normal) {
    void fill(long first, float[] target, int count) {
      int[] words = new int[LANES];
      float[] lanes = new float[LANES];
      int skipped = (int) (first % LANES);
      long block = first / LANES;
      for (int at = -skipped; at < count; at += LANES) {
        Philox.block(key.seed(), key.stream(), offset, block++, words);
        if (at >= 0 && at + LANES <= count) {
          convert(words, target, at);
        } else {
          convert(words, lanes, 0);
          int from = Math.max(at, 0);
          System.arraycopy(lanes, from - at, target, from, Math.min(at + LANES, count) - from);
        }
      }
    }

    private void convert(int[] words, float[] target, int at) {
      if (normal) {
        Philox.normalPair(words[0], words[1], target, at);
        Philox.normalPair(words[2], words[3], target, at + 2);
      } else {
        for (int lane = 0; lane < LANES; lane++) {
          target[at + lane] = Philox.uniform(words[lane]);
        }
      }
    }
  }
}
