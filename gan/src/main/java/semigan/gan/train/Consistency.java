package semigan.gan.train;

import java.util.Set;
import semigan.nn.Losses;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Max;
import semigan.tensor.ops.Softmax;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/**
 * Asks that a distorted image be given the class that a teacher, such as the averaged classifier
 * that follows its pupil (Tarvainen and Valpola 2017, <a
 * href="https://arxiv.org/abs/1703.01780">arXiv:1703.01780</a>), sees in the image as it is, where
 * the teacher is sure (Sohn et al. 2020, <a
 * href="https://arxiv.org/abs/2001.07685">arXiv:2001.07685</a>). An image counts the more the surer
 * the teacher is, from nothing at {@code confidence} to all at 1.
 */
final class Consistency {
  /** Sharpens the teacher's probabilities, so that the pupil is not held to its doubts. */
  private static final float TEMPERATURE = 0.5f;

  /** Keeps the logarithm of a class that is ruled out finite. */
  private static final float TINY = 1e-12f;

  private Consistency() {}

  /**
   * The mean over a batch.
   *
   * @param pupil logits of the distorted images, F32 of {@code [batch, classes]}
   * @param teacher class probabilities of the images as they are, of the same shape, without
   *     history
   * @param confidence probability from which on an image counts, below 1
   */
  static Tensor of(Tensor pupil, Tensor teacher, float confidence) {
    Tensor surest = Max.max(teacher, Set.of(1));
    float steepness = 1 / (1 - confidence);
    Tensor counts = Unary.relu(Unary.linear(surest, steepness, -confidence * steepness));
    Tensor logits = Unary.log(Unary.linear(teacher, 1, TINY));
    Tensor targets = Softmax.softmax(Unary.linear(logits, 1 / TEMPERATURE, 0));
    return Sum.mean(Binary.multiply(counts, Losses.softCrossEntropy(pupil, targets)));
  }
}
