package semigan.kernels;

/** A device's memory budget does not hold what was asked for. */
public final class DeviceMemoryException extends RuntimeException {
  /**
   * @param device name of the backend
   * @param asked bytes that the failing request needed
   * @param usage the device's memory when it failed
   */
  public DeviceMemoryException(String device, long asked, MemoryUsage usage) {
    super(
        "%s: out of memory: %s asked for, %s in use, budget %s; use a smaller --batch or a narrower model"
            .formatted(device, mib(asked), mib(usage.live()), mib(usage.budget())));
  }

  private static String mib(long bytes) {
    return "%,.1f MiB".formatted(bytes / (1024.0 * 1024.0));
  }
}
