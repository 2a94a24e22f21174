package semigan.gan.model;

/** A generator seems never to draw an image that its discriminator takes for the wanted class. */
public final class ClassNotDrawnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClassNotDrawnException(String wanted, int attempts, long image) {
    super(
        "the model drew no '%s' in %d attempts at image %d; train it longer, or choose another class"
            .formatted(wanted, attempts, image));
  }
}
