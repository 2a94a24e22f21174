package semigan.gan.evaluate;

import semigan.gan.data.ImageDataset;
import semigan.gan.model.Discriminator;
import semigan.kernels.Backend;
import semigan.tensor.Scope;

/**
 * Classification accuracy scores: what a classifier that was trained on generated images makes of
 * real ones, which falls where the generator leaves things out, and the other way around, which
 * falls where it draws what is not there; Ravuri and Vinyals 2019, <a
 * href="https://arxiv.org/abs/1905.10887">arXiv:1905.10887</a>. Generated images have the labels
 * that the model's discriminator gives them.
 *
 * @param steps that each of the first two was trained for
 * @param trainingImages of the second: as many as there are generated ones, where so many have a
 *     label
 * @param onGenerated trained on generated images, tested on the test images
 * @param onReal the same on training images: what the first could reach
 * @param ofGenerated the frozen classifier, which was trained on training images, tested on
 *     generated ones
 * @param ofReal the same on the test images: what the one before could reach
 */
public record Transfer(
    long steps,
    int trainingImages,
    Accuracy onGenerated,
    Accuracy onReal,
    Accuracy ofGenerated,
    Accuracy ofReal) {
  /** Trains a classifier as the frozen one was, but for so many steps, and tests it. */
  static Accuracy accuracy(
      FeatureSpec spec,
      ImageDataset train,
      ImageDataset test,
      long steps,
      Backend device,
      Progress progress) {
    try (Scope scope = Scope.open(device)) {
      Discriminator network =
          ClassifierTraining.train(spec, train, steps, scope.device(), progress);
      return new FeatureClassifier(spec, "", network, device).accuracy(test, Progress.SILENT);
    }
  }
}
