package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import semigan.kernels.RandomKernels.Key;

class RandomConformanceTest {
  private static final int[] LENGTHS = {1, 3, 31, 32, 33, 255, 256, 257, 5003, 20_011};
  private static final long[] FIRSTS = {0, 1, 2, 3, 4, 1021, 1L << 34, (1L << 34) - 5};
  private static final List<Key> KEYS =
      List.of(new Key(0, 0), new Key(-1, -1), new Key(0x1234_5678_9ABCL, 7));

  /** A count whose two words are both in use, the low one negative as an int. */
  private static final long OFFSET = 0x0000_0003_8000_0001L;

  private static final int[] OFFSET_WORDS = {0x8000_0001, 3};

  @OnEveryDevice
  void uniformIsPhiloxBitForBit(Device device) {
    for (Key key : KEYS) {
      for (int i = 0; i < LENGTHS.length; i++) {
        long first = FIRSTS[i % FIRSTS.length];
        var trial = new Trial(device, "uniform from " + first);
        var offset = trial.integers("offset", OFFSET_WORDS);
        var y = trial.output("y", LENGTHS[i]);
        trial.run(
            (kernels, at) ->
                kernels.random().uniform(key, at.of(offset), first, -0.5f, 2.5f, at.of(y)));
        trial.assertSame(y);
        if (device.type() == DType.F32) {
          assertArrayEquals(
              Trial.values(
                  LENGTHS[i], at -> -0.5f + Philox.uniform(word(key, first + at)) * (2.5f + 0.5f)),
              trial.actual(y));
        }
      }
    }
  }

  @OnEveryDevice
  void normalIsPhiloxBitForBit(Device device) {
    for (Key key : KEYS) {
      for (int i = 0; i < LENGTHS.length; i++) {
        long first = FIRSTS[i % FIRSTS.length];
        var trial = new Trial(device, "normal from " + first);
        var offset = trial.integers("offset", OFFSET_WORDS);
        var y = trial.output("y", LENGTHS[i]);
        trial.run(
            (kernels, at) ->
                kernels.random().normal(key, at.of(offset), first, 0.1f, 0.3f, at.of(y)));
        trial.assertSame(y);
        if (device.type() == DType.F32) {
          assertArrayEquals(
              Trial.values(LENGTHS[i], at -> 0.1f + 0.3f * normal(key, first + at)),
              trial.actual(y));
        }
      }
    }
  }

  @OnEveryDevice
  void noiseIsTheInputPlusThatOfPhiloxBitForBit(Device device) {
    for (Key key : KEYS) {
      for (int i = 0; i < LENGTHS.length; i++) {
        long first = FIRSTS[i % FIRSTS.length];
        var trial = new Trial(device, "noise from " + first);
        var offset = trial.integers("offset", OFFSET_WORDS);
        var x = trial.input("x", LENGTHS[i]);
        var y = trial.output("y", LENGTHS[i]);
        var same = trial.updated("same", x.before());
        trial.run(
            (kernels, at) -> {
              var random = kernels.random();
              random.noise(key, at.of(offset), first, 0.3f, at.of(x), at.of(y));
              random.noise(key, at.of(offset), first, 0.3f, at.of(same), at.of(same));
            });
        trial.assertSame(y);
        trial.assertSame(same);
        if (device.type() == DType.F32) {
          assertArrayEquals(
              Trial.values(
                  LENGTHS[i], at -> (float) x.before()[at] + 0.3f * normal(key, first + at)),
              trial.actual(y));
        }
      }
    }
  }

  @OnEveryDevice
  void dropoutKeepsAndScalesWhereTheUniformDrawReachesTheRate(Device device) {
    Key key = KEYS.get(2);
    for (float rate : new float[] {0, 0.25f, 0.5f, 0.9f}) {
      for (int i = 0; i < LENGTHS.length; i++) {
        long first = FIRSTS[i % FIRSTS.length];
        var trial = new Trial(device, "dropout " + rate);
        var offset = trial.integers("offset", OFFSET_WORDS);
        var x = trial.input("x", LENGTHS[i]);
        var y = trial.output("y", LENGTHS[i]);
        var same = trial.updated("same", x.before());
        trial.run(
            (kernels, at) -> {
              var random = kernels.random();
              random.dropout(key, at.of(offset), first, rate, at.of(x), at.of(y));
              random.dropout(key, at.of(offset), first, rate, at.of(same), at.of(same));
            });
        trial.assertSame(y);
        trial.assertSame(same);
        for (int at = 0; at < x.length(); at++) {
          boolean kept = Philox.uniform(word(key, first + at)) >= rate;
          assertEquals(kept, trial.actual(y)[at] != 0, "element " + at);
        }
      }
    }
  }

  @OnEveryDevice
  void drawsInPartsAreTheDrawsInOne(Device device) {
    Key key = KEYS.get(1);
    var trial = new Trial(device, "parts");
    var offset = trial.integers("offset", OFFSET_WORDS);
    var one = trial.output("one", 257);
    var parts = trial.output("parts", 257);
    trial.run(
        (kernels, at) -> {
          var random = kernels.random();
          random.normal(key, at.of(offset), 6, 0, 1, at.of(one));
          random.normal(key, at.of(offset), 6, 0, 1, at.of(parts).slice(0, 91));
          random.normal(key, at.of(offset), 6 + 91, 0, 1, at.of(parts).slice(91, 166));
        });
    assertArrayEquals(trial.actual(one), trial.actual(parts));
  }

  @OnEveryDevice
  void advancingTheOffsetCarriesIntoItsHighWord(Device device) {
    var trial = new Trial(device, "advance");
    var low = trial.updated("low", DType.I32, 6, 1);
    var carry = trial.updated("carry", DType.I32, -1, 1);
    var half = trial.updated("half", DType.I32, Integer.MAX_VALUE, 0);
    trial.run(
        (kernels, at) ->
            List.of(low, carry, half).forEach(count -> kernels.random().advance(at.of(count))));
    assertArrayEquals(new double[] {7, 1}, trial.actual(low));
    assertArrayEquals(new double[] {0, 2}, trial.actual(carry));
    assertArrayEquals(new double[] {Integer.MIN_VALUE, 0}, trial.actual(half));
    trial.assertSame(carry);
  }

  @OnEveryDevice
  void anAdvancedOffsetDrawsOtherNumbers(Device device) {
    Key key = KEYS.get(0);
    var trial = new Trial(device, "advance and draw");
    var offset = trial.updated("offset", DType.I32, 0, 0);
    var before = trial.output("before", 33);
    var after = trial.output("after", 33);
    trial.run(
        (kernels, at) -> {
          kernels.random().uniform(key, at.of(offset), 0, 0, 1, at.of(before));
          kernels.random().advance(at.of(offset));
          kernels.random().uniform(key, at.of(offset), 0, 0, 1, at.of(after));
        });
    trial.assertSame(after);
    for (int i = 0; i < 33; i++) {
      assertTrue(trial.actual(before)[i] != trial.actual(after)[i]);
    }
  }

  private static int word(Key key, long draw) {
    int[] words = new int[4];
    Philox.block(key.seed(), key.stream(), OFFSET, draw / 4, words);
    return words[(int) (draw % 4)];
  }

  private static float normal(Key key, long draw) {
    int[] words = new int[4];
    float[] pair = new float[2];
    Philox.block(key.seed(), key.stream(), OFFSET, draw / 4, words);
    int first = (int) (draw % 4) & ~1;
    Philox.normalPair(words[first], words[first + 1], pair, 0);
    return pair[(int) (draw % 2)];
  }
}
