package semigan.gan.model;

import java.util.List;

/**
 * What a model is, apart from its weights. Written into every model file, so that the file alone
 * brings the model back.
 *
 * @param architecture {@code dcgan}
 * @param canvas height and width that the networks work on: 32 or 64
 * @param height of the images, at most {@code canvas}; they are centred on it
 * @param width of the images, at most {@code canvas}
 * @param channels 1 or 3
 * @param filters channels of the discriminator's first layer and of the generator's last hidden one
 * @param latent length of the generator's input
 * @param classes names of the classes
 */
public record ModelSpec(
    String architecture,
    int canvas,
    int height,
    int width,
    int channels,
    int filters,
    int latent,
    List<String> classes) {
  /** The only architecture yet. */
  public static final String DCGAN = "dcgan";

  public ModelSpec {
    classes = List.copyOf(classes);
    if (!architecture.equals(DCGAN)) {
      throw new IllegalArgumentException(
          "unknown model '%s'; there is %s".formatted(architecture, DCGAN));
    }
    if (canvas != 32 && canvas != 64) {
      throw new IllegalArgumentException(
          "the model's size must be 32 or 64 but is %d".formatted(canvas));
    }
    if (height < 1 || width < 1 || height > canvas || width > canvas) {
      throw new IllegalArgumentException(
          "images of %dx%d do not fit the model's %dx%d".formatted(height, width, canvas, canvas));
    }
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("channels must be 1 or 3 but are " + channels);
    }
    requirePositive("filters", filters);
    requirePositive("latent", latent);
    requirePositive("classes", classes.size());
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive but is " + value);
    }
  }

  /**
   * Where row {@code row} of the image begins on its canvas, {@code [canvas, canvas, channels]}.
   */
  public int onCanvas(int row) {
    int top = (canvas - height) / 2;
    int left = (canvas - width) / 2;
    return ((top + row) * canvas + left) * channels;
  }

  /** How often the canvas is halved down to 4x4. */
  int halvings() {
    return Integer.numberOfTrailingZeros(canvas / 4);
  }
}
