package semigan.nn;

import java.util.Set;
import semigan.kernels.LossKernels;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.MatMul;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.SemiSupervised;
import semigan.tensor.ops.Softmax;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/** Losses, each the mean over the batch: a scalar, but where it says that it is {@code [batch]}. */
public final class Losses {
  private Losses() {}

  /**
   * {@code mean(logsumexp(l) - l_label)}: minus the log-likelihood of the labels under a softmax.
   *
   * @param logits {@code [batch, classes]}
   * @param labels I32 of {@code [batch]}, each in {@code [0, classes)}; a row of {@link
   *     LossKernels#REAL} or {@link LossKernels#FAKE} is not refused but gets that loss of {@link
   *     #semiSupervised}
   */
  public static Tensor crossEntropy(Tensor logits, Tensor labels) {
    return Sum.mean(SemiSupervised.semiSupervised(logits, labels));
  }

  /**
   * The mean K+1 loss of rows of all three kinds; see {@link SemiSupervised}.
   *
   * @param logits {@code [batch, classes]}
   * @param targets I32 of {@code [batch]}
   */
  public static Tensor semiSupervised(Tensor logits, Tensor targets) {
    return Sum.mean(SemiSupervised.semiSupervised(logits, targets));
  }

  /**
   * The logit of "not generated" that K class logits imply when that of "generated" is 0: {@code
   * log sum_k exp(l_k)}; Salimans et al. 2016, section 5, <a
   * href="https://arxiv.org/abs/1606.03498">arXiv:1606.03498</a>.
   *
   * @param logits {@code [batch, classes]}
   * @return {@code [batch]}
   */
  public static Tensor realLogit(Tensor logits) {
    return Softmax.logSumExp(logits);
  }

  /**
   * {@code mean(softplus(l) - t l)}: minus the log-likelihood of targets {@code t} in [0, 1] under
   * {@code sigmoid(l)}.
   *
   * @param logits of any shape
   * @param targets of the same shape
   * @throws IllegalArgumentException if the shapes differ
   */
  public static Tensor binaryCrossEntropy(Tensor logits, Tensor targets) {
    requireSame("binary_cross_entropy", "logits", logits, "targets", targets);
    return Sum.mean(Binary.subtract(Unary.softplus(logits), Binary.multiply(targets, logits)));
  }

  /** As {@link #binaryCrossEntropy(Tensor, Tensor)}, with one target for all. */
  public static Tensor binaryCrossEntropy(Tensor logits, float target) {
    return Sum.mean(Binary.subtract(Unary.softplus(logits), Unary.linear(logits, target, 0)));
  }

  /**
   * {@code mean(max(0, 1 - l))} on real and {@code mean(max(0, 1 + l))} on generated images; Lim
   * and Ye 2017, <a href="https://arxiv.org/abs/1705.02894">arXiv:1705.02894</a>.
   */
  public static Tensor hingeDiscriminator(Tensor realLogits, Tensor fakeLogits) {
    return Binary.add(
        Sum.mean(Unary.relu(Unary.linear(realLogits, -1, 1))),
        Sum.mean(Unary.relu(Unary.linear(fakeLogits, 1, 1))));
  }

  /** {@code mean(-l)}: the generator's side of {@link #hingeDiscriminator}. */
  public static Tensor hingeGenerator(Tensor fakeLogits) {
    return Unary.linear(Sum.mean(fakeLogits), -1, 0);
  }

  /**
   * {@code mean((x - target)^2)}; for GANs Mao et al. 2017, <a
   * href="https://arxiv.org/abs/1611.04076">arXiv:1611.04076</a>.
   */
  public static Tensor leastSquares(Tensor x, float target) {
    return Sum.mean(Unary.square(Unary.linear(x, 1, -target)));
  }

  /**
   * The mean squared difference between the batch means of two sets of features; Salimans et al.
   * 2016, section 3.1.
   *
   * @param real {@code [batch, ...]}
   * @param fake {@code [batch, ...]}; its batch may be of another size
   * @throws IllegalArgumentException if the features' shapes differ
   */
  public static Tensor featureMatching(Tensor real, Tensor fake) {
    Set<Integer> batch = Set.of(0);
    Tensor realMean = Sum.mean(real, batch);
    Tensor fakeMean = Sum.mean(fake, batch);
    requireSame("feature_matching", "real features", realMean, "fake features", fakeMean);
    return Sum.mean(Unary.square(Binary.subtract(realMean, fakeMean)));
  }

  /**
   * {@code -sum_k p_k log q_k} of each row, with {@code q} the softmax of the logits: how far a
   * prediction is from probabilities, up to what these cost themselves.
   *
   * @param logits {@code [batch, classes]}
   * @param probabilities of the same shape, each row with the sum 1
   * @return {@code [batch]}
   * @throws IllegalArgumentException if the shapes differ
   */
  public static Tensor softCrossEntropy(Tensor logits, Tensor probabilities) {
    requireSame("soft_cross_entropy", "logits", logits, "probabilities", probabilities);
    Tensor expected = Sum.sum(Binary.multiply(probabilities, logits), Set.of(1));
    return Binary.subtract(Softmax.logSumExp(logits), expected);
  }

  /**
   * The mean entropy of the class probabilities that logits imply; Grandvalet and Bengio 2004.
   *
   * @param logits {@code [batch, classes]}
   */
  public static Tensor entropy(Tensor logits) {
    return Sum.mean(softCrossEntropy(logits, Softmax.softmax(logits)));
  }

  /**
   * How far the classes of a batch are, taken together, from being as many of each: {@code log K -
   * H(m)}, with the mean {@code m} of the class probabilities and its entropy {@code H};
   * Springenberg 2016, <a href="https://arxiv.org/abs/1511.06390">arXiv:1511.06390</a>, section
   * 3.1.
   *
   * @param logits {@code [batch, classes]}
   */
  public static Tensor imbalance(Tensor logits) {
    Tensor mean = Sum.mean(Softmax.softmax(logits), Set.of(0));
    Tensor terms = Binary.multiply(mean, Unary.log(Unary.linear(mean, 1, 1e-12f)));
    return Unary.linear(Sum.sum(terms), 1, (float) Math.log(logits.shape().size(1)));
  }

  /**
   * The mean squared cosine between the features of different images of a batch, which is small
   * where these are spread out; Zhao et al. 2017, <a
   * href="https://arxiv.org/abs/1609.03126">arXiv:1609.03126</a>, section 2.4.
   *
   * @param features {@code [batch, features]}, at least two rows, none of them 0
   * @throws IllegalArgumentException if there are fewer rows
   */
  public static Tensor pullAway(Tensor features) {
    int batch = features.shape().size(features.shape().axis("pull_away", 0));
    if (batch < 2) {
      throw new IllegalArgumentException(
          "pull_away: the features %s have one row, expected two or more to compare"
              .formatted(features.shape()));
    }
    Tensor products = MatMul.matmul(features, false, features, true);
    Tensor squares = Sum.sum(Unary.square(features), Set.of(1));
    Tensor lengths = Reshape.reshape(Unary.linear(squares, 1, 1e-12f), Shape.of(batch, 1));
    Tensor cosines = // squared
        Binary.divide(
            Binary.divide(Unary.square(products), lengths),
            Reshape.reshape(lengths, Shape.of(1, batch)));
    float pairs = (float) batch * (batch - 1);
    // The cosine of an image with itself is 1.
    return Unary.linear(Sum.sum(cosines), 1 / pairs, -batch / pairs);
  }

  /** Broadcasting would make a loss of {@code [n]} against {@code [n,1]}, and a wrong one. */
  private static void requireSame(String loss, String first, Tensor a, String second, Tensor b) {
    if (!a.shape().equals(b.shape())) {
      throw new IllegalArgumentException(
          "%s: %s of %s and %s of %s must have the same shape; reshape one of them"
              .formatted(loss, first, a.shape(), second, b.shape()));
    }
  }
}
