package semigan.gan.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Sum;

class PixelDensityTest {
  private static final int PIXELS = 8;

  private final Backend device = Backends.open("reference");
  private final Scope scope = Scope.open(device);
  private final RandomSource random = new RandomSource(device, 3);
  private final PixelDensity density = density();

  /** With biases that are not 0, so that they count too. */
  private PixelDensity density() {
    PixelDensity fresh = new PixelDensity(PIXELS, 20, random);
    fresh
        .parameters()
        .forEach(
            (name, tensor) -> tensor.assign(random.normal(DType.F32, tensor.shape(), 0, 0.7f)));
    return fresh;
  }

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  /** In a batch, since a unit of the hidden layer may be 0 for an image. */
  @Test
  void aPixelIsJudgedByAllPixelsBeforeItAndByNoOther() {
    Shape shape = Shape.of(50, PIXELS);
    float[] images = random.uniform(DType.F32, shape, 0, 1).toFloats();
    for (int changed = 0; changed < PIXELS; changed++) {
      float[] others = images.clone();
      for (int at = changed; at < others.length; at += PIXELS) {
        others[at] = 1 - others[at];
      }
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        float[] before = logits(images, pixel);
        float[] after = logits(others, pixel);
        assertEquals(
            pixel <= changed,
            Arrays.equals(before, after),
            "pixel %d where %d changes".formatted(pixel, changed));
      }
    }
  }

  /** Of one pixel of each image. */
  private float[] logits(float[] images, int pixel) {
    Shape shape = Shape.of(images.length / PIXELS, PIXELS);
    Tensor logits = density.logits(Tensor.of(device, shape, images));
    return Slice.slice(logits, 1, pixel, 1).toFloats();
  }

  @Test
  void theProbabilitiesOfAllBinaryImagesSumToOne() {
    int count = 1 << PIXELS;
    float[] all = new float[count * PIXELS];
    for (int i = 0; i < all.length; i++) {
      all[i] = (i / PIXELS >> i % PIXELS & 1) == 1 ? 1 : -1;
    }
    Tensor images = Tensor.of(device, Shape.of(count, 2, 4, 1), all);
    double sum = Arrays.stream(density.forward(images, Mode.EVAL).toDoubles()).map(Math::exp).sum();
    assertEquals(1, sum, 1e-5);
  }

  @Test
  void theGradientReachesTheImages() {
    float[] values = random.uniform(DType.F32, Shape.of(PIXELS), -0.9f, 0.9f).toFloats();
    Tensor image = image(values);
    Tensor log = Sum.sum(density.forward(image, Mode.EVAL));
    float[] slope = log.backward(List.of(image)).of(image).toFloats();
    float step = 1e-2f;
    for (int i = 0; i < PIXELS; i++) {
      float[] up = values.clone();
      float[] down = values.clone();
      up[i] += step;
      down[i] -= step;
      float expected =
          (density.forward(image(up), Mode.EVAL).item()
                  - density.forward(image(down), Mode.EVAL).item())
              / (up[i] - down[i]);
      assertEquals(expected, slope[i], 1e-3, "pixel " + i);
    }
  }

  private Tensor image(float[] values) {
    return Tensor.of(device, Shape.of(1, 2, 4, 1), values);
  }
}
