package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The known answers published with Random123: counter, key, and the words. */
  private static final long[][] KNOWN = {
    {0, 0, 0, 0, 0, 0, 0x6627e8d5L, 0xe169c58dL, 0xbc57ac4cL, 0x9b00dbd8L},
    {
      0xffffffffL,
      0xffffffffL,
      0xffffffffL,
      0xffffffffL,
      0xffffffffL,
      0xffffffffL,
      0x408f276dL,
      0x41c83b0eL,
      0xa20bc7c6L,
      0x6d5451fdL
    },
    {
      0x243f6a88L,
      0x85a308d3L,
      0x13198a2eL,
      0x03707344L,
      0xa4093822L,
      0x299f31d0L,
      0xd16cfe09L,
      0x94fdccebL,
      0x5001e420L,
      0x24126ea1L
    },
  };

  private static final int DRAWS = 1_000_000;

  @Test
  void wordsAreThePublishedOnes() {
    for (long[] known : KNOWN) {
      int[] k = Arrays.stream(known).mapToInt(value -> (int) value).toArray();
      int[] words = new int[4];
      Philox.generate(k[0], k[1], k[2], k[3], k[4], k[5], words);
      assertArrayEquals(Arrays.copyOfRange(k, 6, 10), words);
    }
  }

  @Test
  void aBlockIsTheCounterThatTheDocumentationSays() {
    int[] block = new int[4];
    int[] words = new int[4];
    Philox.block(0x299f31d0_a4093822L, 0x85a308d3, 0x00000001_13198a2eL, 0x2_243f6a88L, block);
    Philox.generate(0x243f6a88, 0x85a308d3, 0x13198a2e, 3, 0xa4093822, 0x299f31d0, words);
    assertArrayEquals(words, block);
  }

  @Test
  void uniformsAreBelowOneAndEvenlySpread() {
    assertEquals(0f, Philox.uniform(0));
    assertEquals(0f, Philox.uniform(0xFF));
    assertEquals(1f - 0x1p-24f, Philox.uniform(-1));
    int[] counts = new int[16];
    int[] words = new int[4];
    for (int block = 0; block < DRAWS / 4; block++) {
      Philox.block(1, 2, 3, block, words);
      for (int word : words) {
        counts[(int) (Philox.uniform(word) * counts.length)]++;
      }
    }
    double share = DRAWS / (double) counts.length;
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - share) * (count - share) / share;
    }
    assertTrue(chiSquare < 37.7, "chi square of 15 degrees of freedom: " + chiSquare); // 1 in 1000
  }

  @Test
  void normalsHaveTheMomentsOfNormals() {
    double[] sums = new double[5];
    double crossed = 0;
    int[] words = new int[4];
    float[] normals = new float[4];
    for (int block = 0; block < DRAWS / 4; block++) {
      Philox.block(99, 0, 0, block, words);
      Philox.normalPair(words[0], words[1], normals, 0);
      Philox.normalPair(words[2], words[3], normals, 2);
      for (float z : normals) {
        for (int power = 1; power < sums.length; power++) {
          sums[power] += Math.pow(z, power);
        }
      }
      crossed += normals[0] * normals[1] + normals[2] * normals[3];
    }
    // four standard errors each: the variances of z^k are 1, 2, 15, 96
    assertEquals(0, sums[1] / DRAWS, 4 / Math.sqrt(DRAWS));
    assertEquals(1, sums[2] / DRAWS, 4 * Math.sqrt(2.0 / DRAWS));
    assertEquals(0, sums[3] / DRAWS, 4 * Math.sqrt(15.0 / DRAWS));
    assertEquals(3, sums[4] / DRAWS, 4 * Math.sqrt(96.0 / DRAWS));
    assertEquals(0, crossed / (DRAWS / 2), 4 / Math.sqrt(DRAWS / 2));
  }

  @Test
  void normalsAreThoseOfBoxAndMuller() {
    float[] pair = new float[2];
    int[] words = new int[4];
    for (int block = 0; block < 50_000; block++) {
      Philox.block(5, 5, 5, block, words);
      Philox.normalPair(words[0], words[1], pair, 0);
      double radius = Math.sqrt(-2 * Math.log(((words[0] >>> 8) + 1) * 0x1p-24));
      double angle = (words[1] >>> 8) * 0x1p-24 * 2 * Math.PI;
      assertEquals(radius * Math.cos(angle), pair[0], 2e-6);
      assertEquals(radius * Math.sin(angle), pair[1], 2e-6);
    }
  }

  @Test
  void normalsAreFiniteAtTheEndsOfTheirWords() {
    float[] pair = new float[2];
    for (int radius : new int[] {0, -1, 0xFF, 0x100, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      for (int angle : new int[] {0, -1, 1 << 30, Integer.MIN_VALUE, Integer.MAX_VALUE, 3 << 30}) {
        Philox.normalPair(radius, angle, pair, 0);
        assertTrue(Math.hypot(pair[0], pair[1]) < 5.8, Arrays.toString(pair));
      }
    }
  }

  @Test
  void seedsStreamsAndOffsetsDrawUnrelatedNumbers() {
    double[] plain = uniforms(1, 2, 3);
    for (double[] other :
        new double[][] {
          uniforms(2, 2, 3),
          uniforms(1L << 32 | 1, 2, 3),
          uniforms(1, 3, 3),
          uniforms(1, 2, 4),
          uniforms(1, 2, 1L << 32 | 3)
        }) {
      double correlation = 0;
      for (int i = 0; i < plain.length; i++) {
        correlation += (plain[i] - 0.5) * (other[i] - 0.5) * 12 / plain.length;
      }
      assertEquals(0, correlation, 4 / Math.sqrt(plain.length));
    }
  }

  private static double[] uniforms(long seed, int stream, long offset) {
    double[] draws = new double[40_000];
    int[] words = new int[4];
    for (int i = 0; i < draws.length; i++) {
      if (i % 4 == 0) {
        Philox.block(seed, stream, offset, i / 4, words);
      }
      draws[i] = Philox.uniform(words[i % 4]);
    }
    return draws;
  }
}
