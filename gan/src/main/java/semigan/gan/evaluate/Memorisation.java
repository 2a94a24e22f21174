package semigan.gan.evaluate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import semigan.gan.data.ImageDataset;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.MatMul;

/**
 * Whether generated images are copies of training images: the nearest training image of each, by
 * the distance between pixels, beside the same for test images, which cannot be copies. Distances
 * are relative to the image's contrast; two images that are nearly black are no copies.
 *
 * @param neighbours index of the nearest training image of each generated one
 * @param distances root mean square difference of each generated image from it, divided by the
 *     standard deviation of the generated image's pixels
 * @param testDistances the same of test images
 */
public record Memorisation(int[] neighbours, double[] distances, double[] testDistances) {
  /** Share of the test images that lie nearer to a training image than {@link #threshold}. */
  public static final double EXPECTED = 0.01;

  /** Of half a level of 256. */
  private static final double LEAST_VARIANCE = 1.6e-5;

  /** Training images on the device at a time. */
  private static final int CHUNK = 1000;

  static Memorisation of(
      ImageDataset train,
      ImageDataset test,
      ImageDataset generated,
      Backend device,
      Progress progress) {
    long total = 2L * train.size();
    double[] distances = new double[generated.size()];
    int[] neighbours =
        nearest(generated, train, device, distances, done -> progress.at(done, total));
    double[] testDistances = new double[test.size()];
    nearest(test, train, device, testDistances, done -> progress.at(train.size() + done, total));
    return new Memorisation(neighbours, distances, testDistances);
  }

  /** The distance below which only {@link #EXPECTED} of the test images lie. */
  public double threshold() {
    return quantile(testDistances, EXPECTED);
  }

  /** Share of the generated images nearer to a training image than {@link #threshold}. */
  public double share() {
    double threshold = threshold();
    return (double) Arrays.stream(distances).filter(d -> d < threshold).count() / distances.length;
  }

  /** Of {@link #distances}. */
  public double median() {
    return quantile(distances, 0.5);
  }

  /** Of {@link #testDistances}. */
  public double testMedian() {
    return quantile(testDistances, 0.5);
  }

  private static double quantile(double[] values, double share) {
    double[] ascending = values.clone();
    Arrays.sort(ascending);
    return ascending[(int) (share * ascending.length)];
  }

  /** Generated images, the nearest to a training image first. */
  public int[] nearestFirst() {
    return IntStream.range(0, distances.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> distances[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private interface Done {
    void at(long images);
  }

  private static int[] nearest(
      ImageDataset queries, ImageDataset train, Backend device, double[] distances, Done done) {
    int[] best = new int[queries.size()];
    float[] bestScore = new float[queries.size()];
    Arrays.fill(bestScore, Float.POSITIVE_INFINITY);
    try (Scope scope = Scope.open(device)) {
      Tensor q = matrix(queries, 0, queries.size(), scope.device(), new float[queries.size()]);
      for (int first = 0; first < train.size(); first += CHUNK) {
        int count = Math.min(CHUNK, train.size() - first);
        float[] squares = new float[count];
        try (Scope step = Scope.open(device)) {
          Tensor t = matrix(train, first, count, step.device(), squares);
          take(MatMul.matmul(q, false, t, true).toFloats(), squares, first, best, bestScore);
        }
        done.at(first + count);
      }
    }
    float[] a = new float[queries.imageLength()];
    float[] b = new float[queries.imageLength()];
    for (int i = 0; i < best.length; i++) {
      queries.read(i, a, 0);
      train.read(best[i], b, 0);
      distances[i] = relativeDistance(a, b);
    }
    return best;
  }

  /** {@code |q - t|^2 = |q|^2 - 2 q't + |t|^2}, of which the first is the same for every t. */
  private static void take(
      float[] products, float[] squares, int first, int[] best, float[] bestScore) {
    for (int i = 0; i < best.length; i++) {
      for (int j = 0; j < squares.length; j++) {
        float score = squares[j] - 2 * products[i * squares.length + j];
        if (score < bestScore[i]) {
          bestScore[i] = score;
          best[i] = first + j;
        }
      }
    }
  }

  /**
   * @param squares receives the squared length of each image
   * @return {@code [count, pixels]}
   */
  private static Tensor matrix(
      ImageDataset images, int first, int count, Backend device, float[] squares) {
    int length = images.imageLength();
    float[] pixels = new float[Math.multiplyExact(count, length)];
    for (int i = 0; i < count; i++) {
      images.read(first + i, pixels, i * length);
      double sum = 0;
      for (int k = 0; k < length; k++) {
        sum += pixels[i * length + k] * pixels[i * length + k];
      }
      squares[i] = (float) sum;
    }
    Tensor matrix = Tensor.empty(device, DType.F32, Shape.of(count, length));
    device.write(pixels, 0, matrix.buffer());
    return matrix;
  }

  private static double relativeDistance(float[] image, float[] other) {
    double sum = 0;
    double squares = 0;
    double differences = 0;
    for (int k = 0; k < image.length; k++) {
      sum += image[k];
      squares += image[k] * image[k];
      differences += (image[k] - other[k]) * (image[k] - other[k]);
    }
    double variance = (squares - sum * sum / image.length) / image.length;
    return Math.sqrt(differences / image.length / Math.max(variance, LEAST_VARIANCE));
  }
}
