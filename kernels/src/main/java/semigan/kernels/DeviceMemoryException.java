package semigan.kernels;

/** A device's memory does not hold what was asked for. */
public final class DeviceMemoryException extends RuntimeException {
  private static final String ADVICE = "use a smaller --batch or a narrower model";

  private final String facts;

  /**
   * @param device name of the backend
   * @param asked bytes that the failing request needed
   * @param usage the device's memory when it failed
   */
  public DeviceMemoryException(String device, long asked, MemoryUsage usage) {
    this(
        "%s: out of memory: %s asked for, %s in use, budget %s"
            .formatted(device, size(asked), size(usage.live()), size(usage.budget())),
        ADVICE,
        null);
  }

  /**
   * The device has none left for its own needs.
   *
   * @param device name of the backend
   * @param call what failed
   */
  public DeviceMemoryException(String device, String call) {
    this("%s: out of memory: %s found none free".formatted(device, call), ADVICE, null);
  }

  private DeviceMemoryException(String facts, String advice, DeviceMemoryException cause) {
    super(facts + "; " + advice, cause);
    this.facts = facts;
  }

  /** The same, with more to explain it. */
  public DeviceMemoryException with(String fact) {
    return new DeviceMemoryException(facts + ", " + fact, ADVICE, this);
  }

  /** The same, with advice that fits it better. */
  public DeviceMemoryException advising(String advice) {
    return new DeviceMemoryException(facts, advice, this);
  }

  /** {@code 1,234.5 MiB}, or {@code 12.0 KiB} for less than one. */
  public static String size(long bytes) {
    return bytes < 1 << 20
        ? "%.1f KiB".formatted(bytes / 1024.0)
        : "%,.1f MiB".formatted(bytes / (1024.0 * 1024.0));
  }
}
