package semigan.gan.train;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import semigan.kernels.DType;
import semigan.nn.Losses;
import semigan.tensor.RandomSource;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.Softmax;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/**
 * How far the class probabilities of an image move under the small change that moves them most:
 * their Kullback-Leibler divergence, with the change found by one step of power iteration; Miyato
 * et al. 2018, <a href="https://arxiv.org/abs/1704.03976">arXiv:1704.03976</a>.
 *
 * @param classifier from images to class logits
 * @param size L2 length of the change to an image in [-1, 1]
 * @param random draws where the search begins
 */
record VirtualAdversarial(UnaryOperator<Tensor> classifier, float size, RandomSource random) {
  /** Length of the change at which the direction is searched: small, and far above rounding. */
  private static final float SEARCHED_AT = 1;

  /** Keeps the length of a change above 0, where a classifier does not mind any. */
  private static final float TINY = 1e-20f;

  /**
   * The mean over a batch. The unchanged images pass by themselves as the changed ones do, so that
   * batch normalisation has no other company to see: else there is a divergence without a change.
   *
   * @param images {@code [batch, ...]}
   */
  Tensor of(Tensor images) {
    Tensor logits = single(classifier.apply(images)).detach();
    Tensor probabilities = Softmax.softmax(logits);
    Tensor start = scaled(random.normal(DType.F32, images.shape(), 0, 1), SEARCHED_AT).detach();
    Tensor moved = divergence(images, start, probabilities);
    Tensor uphill = moved.backward(List.of(start)).of(start);
    Tensor least = Losses.entropy(logits);
    return Binary.subtract(divergence(images, scaled(uphill, size).detach(), probabilities), least);
  }

  /** Up to the entropy of the probabilities, which does not depend on the change. */
  private Tensor divergence(Tensor images, Tensor change, Tensor probabilities) {
    Tensor changed = Binary.add(images, Cast.cast(change, images.type()));
    return Sum.mean(Losses.softCrossEntropy(single(classifier.apply(changed)), probabilities));
  }

  /** Each image's change, brought to a length. */
  private static Tensor scaled(Tensor change, float length) {
    Shape shape = change.shape();
    Tensor rows = Reshape.flatten(change);
    Tensor squares = Sum.sum(Unary.square(rows), Set.of(1));
    Tensor lengths = Unary.sqrt(Unary.linear(squares, 1 / (length * length), TINY));
    return Reshape.reshape(
        Binary.divide(rows, Reshape.reshape(lengths, Shape.of(shape.size(0), 1))), shape);
  }

  private static Tensor single(Tensor logits) {
    return Cast.cast(logits, DType.F32);
  }
}
