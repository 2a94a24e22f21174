package semigan.gan.model;

import java.util.Arrays;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.RandomKernels.Key;
import semigan.nn.Mode;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Draws images from a generator. Image {@code i} of a seed is the same image whatever else is
 * drawn, in whatever batches: its latent vector is a function of seed and {@code i}.
 */
public final class Sampler {
  /** Attempts at an image of a wanted class before giving up. */
  private static final int MAX_ATTEMPTS = 1000;

  private static final int BATCH = 64;

  /**
   * Of the latent vectors. Training counts its streams from 0, and the first are the initial
   * weights: a latent vector must not be a row of these where both have the same seed.
   */
  private static final int FIRST_STREAM = 1 << 30;

  private final GanModel model;
  private final Backend device;
  private final long seed;

  public Sampler(GanModel model, Backend device, long seed) {
    this.model = model;
    this.device = device;
    this.seed = seed;
  }

  /** Numbers in one image, without the canvas around it. */
  public int imageLength() {
    ModelSpec spec = model.spec();
    return spec.height() * spec.width() * spec.channels();
  }

  /**
   * Images {@code first .. first + count - 1}.
   *
   * @return {@code [count, height, width, channels]} in [-1, 1], row-major
   */
  public float[] draw(long first, int count) {
    float[] images = new float[Math.multiplyExact(count, imageLength())];
    for (int done = 0; done < count; done += BATCH) {
      long[] indices = new long[Math.min(BATCH, count - done)];
      long from = first + done;
      Arrays.setAll(indices, i -> from + i);
      try (Scope scope = Scope.open(device)) {
        Tensor canvas = model.generator().forward(latents(indices, 0), Mode.EVAL);
        crop(canvas.toFloats(), indices.length, images, done);
      }
    }
    return images;
  }

  /**
   * As {@link #draw(long, int)}, of one class: for each index, the first of its attempts that the
   * discriminator takes for that class.
   *
   * @throws ClassNotDrawnException if the generator seems not to draw that class
   */
  public float[] drawOfClass(long first, int count, int wanted) {
    float[] images = new float[Math.multiplyExact(count, imageLength())];
    int[] pending = new int[count];
    Arrays.setAll(pending, i -> i);
    for (int attempt = 0; pending.length > 0; attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        throw new ClassNotDrawnException(
            model.spec().classes().get(wanted), attempt, first + pending[0]);
      }
      pending = attempt(first, pending, attempt, wanted, images);
    }
    return images;
  }

  /** Tries once for each pending place, and returns those that are still pending. */
  private int[] attempt(long first, int[] pending, int attempt, int wanted, float[] images) {
    int[] open = new int[pending.length];
    int left = 0;
    int classes = model.spec().classes().size();
    for (int done = 0; done < pending.length; done += BATCH) {
      int from = done;
      long[] indices = new long[Math.min(BATCH, pending.length - done)];
      Arrays.setAll(indices, i -> first + pending[from + i]);
      try (Scope scope = Scope.open(device)) {
        Tensor canvas = model.generator().forward(latents(indices, attempt), Mode.EVAL);
        float[] logits = model.discriminator().forward(canvas, Mode.EVAL).toFloats();
        float[] pixels = canvas.toFloats();
        for (int i = 0; i < indices.length; i++) {
          if (isLargest(logits, i * classes, classes, wanted)) {
            cropOne(pixels, i, images, pending[from + i]);
          } else {
            open[left++] = pending[from + i];
          }
        }
      }
    }
    return Arrays.copyOf(open, left);
  }

  private static boolean isLargest(float[] values, int from, int length, int wanted) {
    for (int i = 0; i < length; i++) {
      if (values[from + i] > values[from + wanted]) {
        return false;
      }
    }
    return true;
  }

  /**
   * One row of draws for each index, and zeros up to a full batch: a device may round differently
   * in batches of another size.
   *
   * @return {@code [BATCH, latent]}
   */
  Tensor latents(long[] indices, int attempt) {
    int length = model.spec().latent();
    Tensor z = Tensor.zeros(device, DType.F32, Shape.of(BATCH, length));
    Tensor offset = Tensor.of(device, Shape.of(2), 0, 0);
    Key key = new Key(seed, FIRST_STREAM + attempt);
    boolean uniform = model.spec().architecture().uniformLatents();
    var random = device.random();
    for (int i = 0; i < indices.length; i++) {
      var row = z.buffer().slice((long) i * length, length);
      if (uniform) {
        random.uniform(key, offset.buffer(), indices[i] * length, 0, 1, row);
      } else {
        random.normal(key, offset.buffer(), indices[i] * length, 0, 1, row);
      }
    }
    return z;
  }

  private void crop(float[] canvas, int count, float[] images, int at) {
    for (int i = 0; i < count; i++) {
      cropOne(canvas, i, images, at + i);
    }
  }

  /** Takes the image out of the middle of its canvas, where {@code PaddedDataset} puts it. */
  private void cropOne(float[] canvas, int from, float[] images, int to) {
    ModelSpec spec = model.spec();
    int start = from * spec.canvas() * spec.canvas() * spec.channels();
    int row = spec.width() * spec.channels();
    for (int y = 0; y < spec.height(); y++) {
      System.arraycopy(canvas, start + spec.onCanvas(y), images, to * imageLength() + y * row, row);
    }
  }
}
