package semigan.gan.model;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model is, apart from its weights. Written into every model file, so that the file alone
 * brings the model back.
 *
 * @param architecture of the networks
 * @param canvas height and width that the networks work on
 * @param height of the images, at most {@code canvas}; they are centred on it
 * @param width of the images, at most {@code canvas}
 * @param channels 1 or 3
 * @param filters channels of the discriminator's first layer and of the generator's last hidden one
 * @param latent length of the generator's input; 0 for a classifier without a generator
 * @param classes names of the classes
 */
public record ModelSpec(
    Architecture architecture,
    int canvas,
    int height,
    int width,
    int channels,
    int filters,
    int latent,
    List<String> classes) {
  public ModelSpec {
    classes = List.copyOf(classes);
    architecture.requireCanvas(canvas);
    if (height < 1 || width < 1 || height > canvas || width > canvas) {
      throw new IllegalArgumentException(
          "images of %dx%d do not fit the model's %dx%d".formatted(height, width, canvas, canvas));
    }
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("channels must be 1 or 3 but are " + channels);
    }
    requirePositive("filters", filters);
    if (latent < 0) {
      throw new IllegalArgumentException("latent must not be negative but is " + latent);
    }
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
    return ((top() + row) * canvas + left()) * channels;
  }

  /** Rows of its canvas above the image. */
  public int top() {
    return (canvas - height) / 2;
  }

  /** Columns of its canvas to the left of the image. */
  public int left() {
    return (canvas - width) / 2;
  }

  /**
   * Refuses data in which a label means another class. Numbers, as IDX files have them, go with any
   * names.
   *
   * @param who learnt the classes of this spec, to say it
   * @param here the names of the data's classes
   * @throws IllegalArgumentException if they are others, or in another order
   */
  public void requireClasses(String who, List<String> here) {
    boolean same = here.equals(classes);
    boolean numbered = isNumbered(here) || isNumbered(classes);
    if (!same && (here.size() != classes.size() || !numbered)) {
      throw new IllegalArgumentException(
          "%s learnt the classes %s, but the data has %s, so that a label would mean another class; give the data that it learnt from, its classes named as they were"
              .formatted(who, String.join(", ", classes), String.join(", ", here)));
    }
  }

  /** Whether each name is its own place. */
  private static boolean isNumbered(List<String> names) {
    return IntStream.range(0, names.size())
        .allMatch(label -> names.get(label).equals(Integer.toString(label)));
  }

  /** Whether there is a generator. */
  public boolean generates() {
    return latent > 0;
  }

  /** The classifier alone. */
  public ModelSpec withoutGenerator() {
    return new ModelSpec(architecture, canvas, height, width, channels, filters, 0, classes);
  }

  /** How often the canvas is halved down to 4x4. */
  int halvings() {
    return Integer.numberOfTrailingZeros(canvas / 4);
  }
}
