package semigan.gan.data;

/**
 * Data that is missing or wrong. The message alone tells a user what was wrong, where, what was
 * expected and what to do; the stack trace adds nothing that they need.
 */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
