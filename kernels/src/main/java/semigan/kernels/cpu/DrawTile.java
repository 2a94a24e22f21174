package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import semigan.kernels.RandomKernels.Key;

/**
 * A tile of {@link semigan.kernels.Philox}'s draws, bit for bit, made by loops that HotSpot
 * vectorises: one step of all draws after the other, no branches, and no conversion between
 * integers and floats, which it does one at a time. Where bits change their meaning they go through
 * native memory, in bulk. One thread's own.
 */
final class DrawTile implements AutoCloseable {
  /** Draws of a tile. */
  static final int SIZE = 2048;

  /** Draws of a block. */
  static final int LANES = 4;

  private static final int BLOCKS = SIZE / LANES;
  private static final int PAIRS = SIZE / 2;

  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final int HALF = 0xFFFF;
  private static final long WORDS = 1L << 32;

  /** The float whose last place is 1; its bits plus an integer are those of the sum. */
  private static final float TWO_23 = 0x1p23f;

  private static final int TWO_23_BITS = 0x4B000000;
  private static final int SQRT_HALF_BITS = 0x3F3504F3;
  private static final float LN_2 = 0.6931472f;
  private static final float HALF_PI = 1.5707964f;

  // A word of each block.
  private final int[] c0 = new int[BLOCKS];
  private final int[] c1 = new int[BLOCKS];
  private final int[] c2 = new int[BLOCKS];
  private final int[] c3 = new int[BLOCKS];

  // The pairs of draws: first those of the blocks' first two words, then those of the other two.
  private final int[] evens = new int[PAIRS];
  private final int[] odds = new int[PAIRS];
  private final int[][] bits = new int[3][PAIRS];
  private final float[][] values = new float[3][PAIRS];

  private final NativeMemory memory = new NativeMemory((long) PAIRS * Integer.BYTES);
  private final IntBuffer ints = memory.bytes().asIntBuffer();
  private final FloatBuffer floats = memory.bytes().asFloatBuffer();

  /** Uniform in {@code [0, 1)}: the draws from {@code LANES * block} on. */
  void uniform(Key key, long offset, long block, float[] target) {
    generate(key, offset, block);
    uniform(evens, values[0]);
    uniform(odds, values[1]);
    interleave(values[0], values[1], target);
  }

  /** Standard normal: the draws from {@code LANES * block} on. */
  void normal(Key key, long offset, long block, float[] target) {
    generate(key, offset, block);
    radii(values[2]);
    angles(values[0]);
    coordinates(values[0], values[2], values[0], values[1]);
    toBits(values[0], bits[0]);
    toBits(values[1], bits[1]);
    turn(odds, bits[0], bits[1]);
    toFloats(bits[0], values[0]);
    toFloats(bits[1], values[1]);
    interleave(values[0], values[1], target);
  }

  private void generate(Key key, long offset, long block) {
    for (int i = 0; i < BLOCKS; i++) {
      c0[i] = (int) block + i;
    }
    // The upper half of a block's number changes where the lower one begins anew.
    int carried = (int) Math.min(BLOCKS, WORDS - (block & WORDS - 1));
    int upper = (int) (offset >>> 32);
    Arrays.fill(c3, 0, carried, upper ^ (int) (block >>> 32));
    Arrays.fill(c3, carried, BLOCKS, upper ^ (int) ((block >>> 32) + 1));
    Arrays.fill(c1, key.stream());
    Arrays.fill(c2, (int) offset);
    int k0 = (int) key.seed();
    int k1 = (int) (key.seed() >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      round(c0, c1, c2, c3, k0, k1);
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    System.arraycopy(c0, 0, evens, 0, BLOCKS);
    System.arraycopy(c2, 0, evens, BLOCKS, BLOCKS);
    System.arraycopy(c1, 0, odds, 0, BLOCKS);
    System.arraycopy(c3, 0, odds, BLOCKS, BLOCKS);
  }

  private static void round(int[] c0, int[] c1, int[] c2, int[] c3, int k0, int k1) {
    for (int i = 0; i < BLOCKS; i++) {
      int a = c0[i];
      int b = c2[i];
      c0[i] = upperHalf(b, MULTIPLIER_1) ^ c1[i] ^ k0;
      c1[i] = b * MULTIPLIER_1;
      c2[i] = upperHalf(a, MULTIPLIER_0) ^ c3[i] ^ k1;
      c3[i] = a * MULTIPLIER_0;
    }
  }

  /**
   * The upper half of the product of two unsigned words, from the products of their halves: in ints
   * this takes half as long with AVX2 on JDK 17 as one product of longs, which has no instruction
   * of its own there (measured).
   */
  private static int upperHalf(int a, int b) {
    int low = a & HALF;
    int high = a >>> 16;
    int bLow = b & HALF;
    int bHigh = b >>> 16;
    int inner = high * bLow + (low * bLow >>> 16);
    int outer = low * bHigh + (inner & HALF);
    return high * bHigh + (inner >>> 16) + (outer >>> 16);
  }

  private void uniform(int[] words, float[] target) {
    fromSteps(words, 0, target);
    for (int i = 0; i < PAIRS; i++) {
      target[i] *= 0x1p-24f;
    }
  }

  /** {@code (word >>> 8) + more}, at most 2^24, as floats. */
  private void fromSteps(int[] words, int more, float[] target) {
    int[] shifted = bits[0];
    for (int i = 0; i < PAIRS; i++) {
      shifted[i] = (words[i] >>> 8) + (TWO_23_BITS + more);
    }
    toFloats(shifted, target);
    for (int i = 0; i < PAIRS; i++) {
      // Above 2^24 the last place of the sum is 2, so that it is twice the integer.
      target[i] = Math.min(target[i] - TWO_23, target[i] * 0.5f);
    }
  }

  /** {@code sqrt(-2 ln u)} of the even words. */
  private void radii(float[] target) {
    float[] steps = values[0];
    int[] mantissas = bits[0];
    int[] exponents = bits[1];
    fromSteps(evens, 1, steps);
    toBits(steps, mantissas);
    for (int i = 0; i < PAIRS; i++) {
      int shifted = mantissas[i] - SQRT_HALF_BITS;
      exponents[i] = (shifted >> 23) + TWO_23_BITS;
      mantissas[i] = (shifted & 0x7FFFFF) + SQRT_HALF_BITS;
    }
    toFloats(mantissas, values[0]);
    toFloats(exponents, values[1]);
    radii(values[0], values[1], target);
  }

  private static void radii(float[] mantissas, float[] exponents, float[] target) {
    for (int i = 0; i < PAIRS; i++) {
      float s = (mantissas[i] - 1f) / (mantissas[i] + 1f);
      float q = s * s;
      float series = (((q * (1f / 9f) + 1f / 7f) * q + 1f / 5f) * q + 1f / 3f) * q;
      float ln = (exponents[i] - (TWO_23 + 24)) * LN_2 + (s + s + (s + s) * series);
      target[i] = (float) Math.sqrt(-2f * ln);
    }
  }

  /** The odd words without their quadrant, in {@code [0, pi/2)}. */
  private void angles(float[] target) {
    int[] shifted = bits[0];
    for (int i = 0; i < PAIRS; i++) {
      shifted[i] = ((odds[i] >>> 8) & 0x3FFFFF) + TWO_23_BITS;
    }
    toFloats(shifted, target);
    for (int i = 0; i < PAIRS; i++) {
      target[i] = (target[i] - TWO_23) * 0x1p-22f * HALF_PI;
    }
  }

  private static void coordinates(float[] angles, float[] radii, float[] cos, float[] sin) {
    for (int i = 0; i < PAIRS; i++) {
      float x = angles[i];
      float q = x * x;
      float even = ((q * (1f / 479001600f) - 1f / 3628800f) * q + 1f / 40320f) * q - 1f / 720f;
      float odd = (q * (-1f / 39916800f) + 1f / 362880f) * q - 1f / 5040f;
      cos[i] = radii[i] * (1f + q * ((even * q + 1f / 24f) * q - 0.5f));
      sin[i] = radii[i] * (x + x * q * ((odd * q + 1f / 120f) * q - 1f / 6f));
    }
  }

  /** By as many right angles as the top two bits say: {@code (x, y)} becomes {@code (-y, x)}. */
  private static void turn(int[] words, int[] x, int[] y) {
    for (int i = 0; i < PAIRS; i++) {
      int quadrant = words[i] >>> 30;
      int exchange = (x[i] ^ y[i]) & -(quadrant & 1);
      int first = x[i] ^ exchange ^ ((quadrant + 1 & 2) << 30);
      int second = y[i] ^ exchange ^ ((quadrant & 2) << 30);
      x[i] = first;
      y[i] = second;
    }
  }

  /** From the order of pairs to that of draws. */
  private static void interleave(float[] evens, float[] odds, float[] target) {
    for (int i = 0; i < BLOCKS; i++) {
      target[LANES * i] = evens[i];
      target[LANES * i + 1] = odds[i];
      target[LANES * i + 2] = evens[BLOCKS + i];
      target[LANES * i + 3] = odds[BLOCKS + i];
    }
  }

  private void toFloats(int[] source, float[] target) {
    ints.put(0, source);
    floats.get(0, target);
  }

  private void toBits(float[] source, int[] target) {
    floats.put(0, source);
    ints.get(0, target);
  }

  @Override
  public void close() {
    memory.free();
  }
}
