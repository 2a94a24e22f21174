package semigan.gan.evaluate;

import semigan.gan.data.ImageDataset;
import semigan.gan.data.PaddedDataset;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * What a model's discriminator says of images.
 *
 * @param classes the most probable class of each
 * @param confidences the probability that it gives to that class
 * @param realLogits {@code log sum_k exp(l_k)} of each: the logit of "not generated"
 */
public record Verdicts(int[] classes, float[] confidences, double[] realLogits) {
  /** The one that {@link Accuracy} takes: both see the same bits. */
  private static final int BATCH = 100;

  /**
   * @param images of the model's size, without its canvas
   * @throws NotFiniteException if a logit is not finite
   */
  public static Verdicts of(
      GanModel model, ImageDataset images, Backend device, Progress progress) {
    ModelSpec spec = model.spec();
    ImageDataset padded = new PaddedDataset(images, spec.canvas(), spec.canvas());
    int size = images.size();
    int width = spec.classes().size();
    Verdicts verdicts = new Verdicts(new int[size], new float[size], new double[size]);
    float[] pixels = new float[BATCH * padded.imageLength()];
    float[] logits = new float[BATCH * width];
    for (int first = 0; first < size; first += BATCH) {
      int count = Math.min(BATCH, size - first);
      for (int i = 0; i < count; i++) {
        padded.read(first + i, pixels, i * padded.imageLength());
      }
      try (Scope scope = Scope.open(device)) {
        Shape shape = Shape.of(count, spec.canvas(), spec.canvas(), spec.channels());
        Tensor x = Tensor.empty(scope.device(), DType.F32, shape);
        device.write(pixels, 0, x.buffer());
        device.read(model.discriminator().judge(x, Mode.EVAL).logits().buffer(), logits, 0);
      }
      for (int i = 0; i < count; i++) {
        verdicts.set(first + i, logits, i * width, width);
      }
      progress.at(first + count, size);
    }
    return verdicts;
  }

  private void set(int image, float[] logits, int from, int width) {
    int best = Accuracy.largest(logits, from, width);
    double sum = 0;
    for (int k = 0; k < width; k++) {
      sum += Math.exp(logits[from + k] - logits[from + best]);
    }
    classes[image] = best;
    confidences[image] = (float) (1 / sum);
    realLogits[image] = logits[from + best] + Math.log(sum);
  }

  /** The mean probability that an image is real. */
  public double meanReal() {
    double sum = 0;
    for (double logit : realLogits) {
      sum += 1 / (1 + Math.exp(-logit));
    }
    return sum / realLogits.length;
  }
}
