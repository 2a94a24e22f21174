package semigan.gan.evaluate;

/** What a classifier says of an image is no finite number: its training diverged. */
public final class NotFiniteException extends RuntimeException {
  /**
   * @param message for the user: what is not finite, and what to do
   */
  NotFiniteException(String message) {
    super(message);
  }
}
