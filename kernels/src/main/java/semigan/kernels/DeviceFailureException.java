package semigan.kernels;

/**
 * A device stopped working in the middle of its work. What it held is lost; what was written to
 * files before is not.
 */
public final class DeviceFailureException extends RuntimeException {
  /**
   * @param device name of the backend
   * @param call what failed
   * @param error the device's name for the error
   * @param explanation the device's words for it
   */
  public DeviceFailureException(String device, String call, String error, String explanation) {
    super("%s: %s failed: %s, %s".formatted(device, call, error, explanation));
  }

  private DeviceFailureException(DeviceFailureException cause, String advice) {
    super(cause.getMessage() + "; " + advice, cause);
  }

  /** The same, with what can be done now. */
  public DeviceFailureException advising(String advice) {
    return new DeviceFailureException(this, advice);
  }
}
