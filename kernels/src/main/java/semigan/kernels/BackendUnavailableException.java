package semigan.kernels;

/**
 * A backend cannot be opened on this machine. The message says what was expected, what was found,
 * and what to do.
 */
public final class BackendUnavailableException extends RuntimeException {
  private final String expected;
  private final String found;
  private final String mend;

  /**
   * @param backend its name
   * @param expected what it needs
   * @param found what is there instead
   * @param mend what the user can do
   * @param cause the loader's own error, or null
   */
  public BackendUnavailableException(
      String backend, String expected, String found, String mend, Throwable cause) {
    super(
        "%s: not available: expected %s, found %s; %s".formatted(backend, expected, found, mend),
        cause);
    this.expected = expected;
    this.found = found;
    this.mend = mend;
  }

  public String expected() {
    return expected;
  }

  public String found() {
    return found;
  }

  public String mend() {
    return mend;
  }
}
