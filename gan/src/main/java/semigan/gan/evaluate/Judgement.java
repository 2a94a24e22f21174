package semigan.gan.evaluate;

import java.util.Arrays;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.nn.Losses;
import semigan.nn.Mode;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Softmax;
import semigan.tensor.ops.Unary;

/**
 * What a discriminator says of one image.
 *
 * @param best the most probable class
 * @param probabilities of each class, given that the image is real
 * @param real the probability that it is not generated
 */
public record Judgement(int best, float[] probabilities, float real) {
  private static final float BLACK = -1;

  /**
   * @param pixels {@code [height, width, channels]} of the model's images, in [-1, 1]
   * @throws NotFiniteException if a logit is not finite
   */
  public static Judgement of(GanModel model, float[] pixels, Backend device) {
    ModelSpec spec = model.spec();
    try (Scope scope = Scope.open(device)) {
      Shape shape = Shape.of(1, spec.canvas(), spec.canvas(), spec.channels());
      Tensor x = Tensor.of(scope.device(), shape, onCanvas(spec, pixels));
      Tensor logits = model.discriminator().forward(x, Mode.EVAL);
      return new Judgement(
          Accuracy.largest(logits.toFloats(), 0, spec.classes().size()),
          Softmax.softmax(logits).toFloats(),
          Unary.sigmoid(Losses.realLogit(logits)).item());
    }
  }

  private static float[] onCanvas(ModelSpec spec, float[] pixels) {
    float[] canvas = new float[spec.canvas() * spec.canvas() * spec.channels()];
    Arrays.fill(canvas, BLACK);
    int row = spec.width() * spec.channels();
    for (int y = 0; y < spec.height(); y++) {
      System.arraycopy(pixels, y * row, canvas, spec.onCanvas(y), row);
    }
    return canvas;
  }
}
