package semigan.gan.evaluate;

import java.util.List;
import java.util.Random;
import semigan.gan.data.ImageDataset;

/** Noisy gray images of 12x12 whose class is where they are bright: above or below. */
record Patterns(int size, long seed) implements ImageDataset {
  private static final int SIDE = 12;

  @Override
  public String name() {
    return "patterns";
  }

  @Override
  public int height() {
    return SIDE;
  }

  @Override
  public int width() {
    return SIDE;
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public List<String> classNames() {
    return List.of("above", "below");
  }

  @Override
  public int label(int index) {
    return index % 2;
  }

  @Override
  public void read(int index, float[] target, int offset) {
    Random random = new Random(1_000_003 * seed + index);
    for (int i = 0; i < SIDE * SIDE; i++) {
      boolean bright = i < SIDE * SIDE / 2 == (label(index) == 0);
      target[offset + i] = (bright ? 0.2f : -0.6f) + 0.4f * (random.nextFloat() - 0.5f);
    }
  }
}
