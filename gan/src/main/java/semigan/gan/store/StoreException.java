package semigan.gan.store;

/**
 * Something on disk is missing, in the way, damaged, or cannot be written. The message is written
 * for the user: what, where, and what to do. Files written earlier are intact.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
