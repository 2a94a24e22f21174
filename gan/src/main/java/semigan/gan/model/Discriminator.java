package semigan.gan.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.nn.Mode;
import semigan.nn.Module;
import semigan.tensor.Tensor;

/**
 * A classifier that also tells real images from generated ones: features, and one logit for each
 * class but none for "generated", which together say how real an image is, as {@link
 * semigan.nn.Losses#realLogit} tells.
 *
 * @param features from images {@code [batch, canvas, canvas, channels]} in [-1, 1] to the last
 *     hidden layer, {@code [batch, features]}
 * @param classifier from there to the class logits, {@code [batch, classes]}
 */
public record Discriminator(Module features, Module classifier) implements Module {
  /**
   * What the discriminator makes of a batch.
   *
   * @param features {@code [batch, features]}: the last hidden layer
   * @param logits {@code [batch, classes]}
   */
  public record Output(Tensor features, Tensor logits) {}

  /**
   * @param x {@code [batch, canvas, canvas, channels]} in [-1, 1]
   */
  public Output judge(Tensor x, Mode mode) {
    return judge(x, List.of(x.shape().size(0)), mode);
  }

  /**
   * As {@link #judge(Tensor, Mode)}, of several batches one behind the other, each as if it came
   * alone.
   *
   * @param batches the size of each along the first axis, their sum that of {@code x}
   */
  public Output judge(Tensor x, List<Integer> batches, Mode mode) {
    Tensor last = features.forward(x, batches, mode);
    return new Output(last, classifier.forward(last, batches, mode));
  }

  /**
   * The class logits alone.
   *
   * @param x {@code [batch, canvas, canvas, channels]} in [-1, 1]
   * @return {@code [batch, classes]}
   */
  @Override
  public Tensor forward(Tensor x, Mode mode) {
    return judge(x, mode).logits();
  }

  @Override
  public Tensor forward(Tensor x, List<Integer> batches, Mode mode) {
    return judge(x, batches, mode).logits();
  }

  @Override
  public Tensor initialise(Tensor x) {
    return classifier.initialise(features.initialise(x));
  }

  @Override
  public Map<String, Tensor> parameters() {
    return both(features.parameters(), classifier.parameters());
  }

  @Override
  public Map<String, Tensor> statistics() {
    return both(features.statistics(), classifier.statistics());
  }

  private static Map<String, Tensor> both(Map<String, Tensor> first, Map<String, Tensor> second) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    first.forEach((name, tensor) -> all.put("features." + name, tensor));
    second.forEach((name, tensor) -> all.put("classifier." + name, tensor));
    return all;
  }
}
