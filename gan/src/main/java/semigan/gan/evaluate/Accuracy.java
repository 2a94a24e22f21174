package semigan.gan.evaluate;

import semigan.gan.data.ImageDataset;
import semigan.gan.model.Discriminator;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * How a classifier does on labelled images.
 *
 * @param confusion {@code confusion[label][prediction]} counts images
 */
public record Accuracy(int[][] confusion) {
  /** Always the same, since a device may round differently in batches of another size. */
  private static final int BATCH = 100;

  /**
   * Classifies every labelled image of {@code images}, whose size must be the model's canvas.
   *
   * @throws NotFiniteException if a logit is not finite
   */
  public static Accuracy of(Discriminator classifier, ImageDataset images, Backend device) {
    int classes = images.classNames().size();
    int[] predicted = new int[images.size()];
    float[] pixels = new float[BATCH * images.imageLength()];
    float[] logits = new float[BATCH * classes];
    for (int first = 0; first < images.size(); first += BATCH) {
      int count = Math.min(BATCH, images.size() - first);
      for (int i = 0; i < count; i++) {
        images.read(first + i, pixels, i * images.imageLength());
      }
      classify(classifier, images, pixels, count, logits, device);
      for (int i = 0; i < count; i++) {
        predicted[first + i] = largest(logits, i * classes, classes);
      }
    }
    return of(predicted, images);
  }

  /** Counts predictions, one for each image, against the labels where there are any. */
  public static Accuracy of(int[] predicted, ImageDataset images) {
    int classes = images.classNames().size();
    int[][] confusion = new int[classes][classes];
    for (int i = 0; i < predicted.length; i++) {
      if (images.label(i) != ImageDataset.UNLABELLED) {
        confusion[images.label(i)][predicted[i]]++;
      }
    }
    return new Accuracy(confusion);
  }

  private static void classify(
      Discriminator classifier,
      ImageDataset form,
      float[] pixels,
      int count,
      float[] logits,
      Backend device) {
    try (Scope scope = Scope.open(device)) {
      Tensor x =
          Tensor.empty(
              scope.device(),
              DType.F32,
              Shape.of(count, form.height(), form.width(), form.channels()));
      device.write(pixels, 0, x.buffer());
      device.read(classifier.forward(x, Mode.EVAL).buffer(), logits, 0);
    }
  }

  /**
   * The class of the largest of an image's logits.
   *
   * @throws NotFiniteException if one is not finite: no comparison with NaN holds
   */
  static int largest(float[] logits, int from, int classes) {
    int best = 0;
    for (int k = 0; k < classes; k++) {
      if (!Float.isFinite(logits[from + k])) {
        throw new NotFiniteException(
            "a classifier's logit of an image is %s: the model has diverged in training; train it with lower rates, or from an earlier checkpoint"
                .formatted(logits[from + k]));
      }
      if (logits[from + k] > logits[from + best]) {
        best = k;
      }
    }
    return best;
  }

  /** Images that were classified. */
  public int total() {
    int total = 0;
    for (int[] row : confusion) {
      for (int count : row) {
        total += count;
      }
    }
    return total;
  }

  /** Images that were put into another class than theirs. */
  public int errors() {
    int right = 0;
    for (int i = 0; i < confusion.length; i++) {
      right += confusion[i][i];
    }
    return total() - right;
  }

  /** Share of images that were put into their class, in [0, 1]. */
  public double share() {
    int total = total();
    return total == 0 ? 0 : (double) (total - errors()) / total;
  }
}
