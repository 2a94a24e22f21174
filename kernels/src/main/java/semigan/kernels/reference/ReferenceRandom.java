package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.Philox;
import semigan.kernels.RandomKernels;

/**
 * Every element makes its own draw from its own index. Arithmetic on draws is in single precision,
 * as on any device: the bits must agree.
 */
final class ReferenceRandom implements RandomKernels {
  private static final int LANES = 4;

  @Override
  public void advance(Buffer offset) {
    var words = ReferenceBuffer.of(offset);
    long next = offset(offset) + 1;
    words.set(0, (int) next);
    words.set(1, (int) (next >>> 32));
  }

  @Override
  public void uniform(Key key, Buffer offset, long first, float low, float high, Buffer y) {
    var output = ReferenceBuffer.of(y);
    long count = offset(offset);
    for (long i = 0; i < output.length(); i++) {
      float u = uniform(key, count, first + i);
      output.set(i, low + u * (high - low));
    }
  }

  @Override
  public void normal(Key key, Buffer offset, long first, float mean, float deviation, Buffer y) {
    var output = ReferenceBuffer.of(y);
    long count = offset(offset);
    for (long i = 0; i < output.length(); i++) {
      float z = normal(key, count, first + i);
      output.set(i, mean + deviation * z);
    }
  }

  @Override
  public void noise(Key key, Buffer offset, long first, float deviation, Buffer x, Buffer y) {
    var input = ReferenceBuffer.of(x);
    var output = ReferenceBuffer.of(y);
    long count = offset(offset);
    for (long i = 0; i < output.length(); i++) {
      float z = normal(key, count, first + i);
      output.set(i, input.get(i) + deviation * z);
    }
  }

  @Override
  public void dropout(Key key, Buffer offset, long first, float rate, Buffer x, Buffer y) {
    var input = ReferenceBuffer.of(x);
    var output = ReferenceBuffer.of(y);
    long count = offset(offset);
    float scale = 1f / (1f - rate);
    for (long i = 0; i < output.length(); i++) {
      boolean keep = uniform(key, count, first + i) >= rate;
      output.set(i, keep ? input.get(i) * scale : 0);
    }
  }

  private static long offset(Buffer offset) {
    var words = ReferenceBuffer.of(offset);
    return (long) words.get(1) << 32 | (long) words.get(0) & 0xFFFFFFFFL;
  }

  private static float uniform(Key key, long offset, long draw) {
    return Philox.uniform(words(key, offset, draw)[(int) (draw % LANES)]);
  }

  private static float normal(Key key, long offset, long draw) {
    int[] words = words(key, offset, draw);
    float[] normals = new float[LANES];
    Philox.normalPair(words[0], words[1], normals, 0);
    Philox.normalPair(words[2], words[3], normals, 2);
    return normals[(int) (draw % LANES)];
  }

  private static int[] words(Key key, long offset, long draw) {
    int[] words = new int[LANES];
    Philox.block(key.seed(), key.stream(), offset, draw / LANES, words);
    return words;
  }
}
