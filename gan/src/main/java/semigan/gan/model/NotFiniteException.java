package semigan.gan.model;

/** A model's weights, or what it says, are no finite numbers: its training diverged. */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message for the user: what is not finite, and what to do
   */
  public NotFiniteException(String message) {
    super(message);
  }
}
